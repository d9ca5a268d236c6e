import { type AttributeValues, keyOf, type ShownAttributes } from '../attributes.ts'
import { type Context, missingOperator } from '../authority.ts'
import type { Account, CommandValues, UpdatePeople } from '../commands.ts'
import { type Change, type Decision, decided, event, memberTarget, reject, unchanged } from '../decision.ts'
import { difference, type EventData } from '../event.ts'
import type { Invitation } from '../invitation.ts'
import { belongs, latest, type Member, type Profile } from '../member.ts'
import { settleOpen } from './settle-invitation.ts'

export interface UpdatePeopleFacts {
  /** Their memberships, present or past, by account. */
  readonly members: ReadonlyMap<string, Member>
  /** Who belongs to the organization under the addresses that the people have now. */
  readonly holders: ReadonlyMap<string, Member>
  /** The pending invitations of these addresses, whose time may have come. */
  readonly invitations: ReadonlyMap<string, Invitation>
}

interface Move {
  readonly before: Member
  readonly after: Member
}

/**
 * Member rows follow accounts. No two accounts have the same address, so whoever holds an address here that is somebody
 * else's by now has a row that lags behind their own account. Such people are named and nothing is changed, until they
 * are brought along in the same step: addresses that were swapped could not be followed one by one. An open invitation of
 * a member's new address is settled, and its seat is free.
 */
export function updatePeople(
  { members, holders, invitations }: UpdatePeopleFacts,
  { people }: UpdatePeople,
  { authority, now }: Context,
): Decision<CommandValues['UpdatePeople']> {
  const refusal = missingOperator(authority)
  if (refusal !== null) return reject(refusal)
  const moves = people.flatMap((account): Move[] => {
    const before = members.get(account.userId)
    const isNews = before !== undefined && before.personRevision < account.revision
    return isNews ? [{ before, after: following(before, account, now) }] : []
  })
  const heldBy = inTheWay(moves, holders)
  if (heldBy.length > 0) return unchanged({ heldBy })
  const settled = moves.flatMap(({ after }) =>
    belongs(after) ? settleOpen(invitations.get(after.email) ?? null, after, { now }) : [],
  )
  return decided({ heldBy }, ...moves.flatMap(changesOf), ...settled)
}

function inTheWay(moves: readonly Move[], holders: UpdatePeopleFacts['holders']): string[] {
  const moving = moves.map(({ after }) => after).filter(belongs)
  const movingUsers = new Set(moving.map(({ userId }) => userId))
  return moving.flatMap(({ userId, email }) => {
    const rivals = moving.filter((other) => other.email === email && other.userId !== userId)
    const holder = holders.get(email)
    const stays = holder !== undefined && !movingUsers.has(holder.userId) ? [holder] : []
    return [...rivals, ...stays].map((other) => other.userId)
  })
}

/** The account's name counts when it has changed there: a mere sign-in leaves what the organization calls them. */
function following(before: Member, account: Account, now: number): Member {
  const { email, name, attributes, lastSignInAt, revision } = account
  const profile = name === before.personName ? before.profile : named(before.profile, name)
  const after = { ...before, email, profile, attributes, personName: name, personRevision: revision }
  const changed = Object.keys(changesShown(before, after)).length > 0
  return {
    ...after,
    lastSignInAt: latest(before.lastSignInAt, lastSignInAt),
    updatedAt: changed ? now : before.updatedAt,
  }
}

function named({ name: _, ...others }: Profile, name: string | null): Profile {
  return name === null ? others : { ...others, name }
}

/** What becomes of people after they left is no part of the organization's history; a sign-in is never part of it. */
function changesOf({ before, after }: Move): Change[] {
  const shown = changesShown(before, after)
  if (Object.keys(shown).length === 0) return [{ kind: 'sign_in', after }]
  const row: Change = { kind: 'member', before, after }
  return belongs(after) ? [row, event('member.profile_updated', memberTarget(after), shown)] : [row]
}

function changesShown(before: Member, after: Member): EventData {
  const contact = difference(
    { name: before.profile.name, email: before.email },
    { name: after.profile.name ?? null, email: after.email },
  )
  const slots = Object.keys({ ...before.attributes, ...after.attributes })
  const changed = slots.filter((slot) => before.attributes[slot] !== after.attributes[slot])
  if (changed.length === 0) return contact
  return { ...contact, attributes: { from: only(before.attributes, changed), to: only(after.attributes, changed) } }
}

/** By the names under which people know them. */
const only = (values: AttributeValues, slots: readonly string[]): ShownAttributes =>
  Object.fromEntries(slots.flatMap((slot) => (values[slot] === undefined ? [] : [[keyOf(slot), values[slot]]])))
