import { type Context, missingOperator } from '../authority.ts'
import type { CommandValues, ErasePerson } from '../commands.ts'
import { type Change, type Decision, decided, event, invitationTarget, memberTarget, reject } from '../decision.ts'
import { type DepartureFacts, departure, GONE } from '../departure.ts'
import { endingBy } from '../ending.ts'
import { ERASED_REVISION, erasedAddress, isErasedAddress } from '../erasure.ts'
import { isErased, type OrganizationEvent } from '../event.ts'
import { type Invitation, statusAt } from '../invitation.ts'
import { belongs, type Member } from '../member.ts'
import type { Organization } from '../organization.ts'
import { lastOwner } from '../ownership.ts'
import type { Tally } from '../seats.ts'

/** Per step, so that the organization's other callers do not have to wait. */
export const ENTRIES_PER_STEP = 200
export const INVITATIONS_PER_STEP = 200

export interface ErasePersonFacts {
  readonly organization: Organization
  readonly tally: Tally
  readonly member: Member | null
  /** Not yet erased: those of the address, and those that the member has accepted; one more than a step takes, if any. */
  readonly invitations: readonly Invitation[]
  /** What the log says of member and invitations from where the last step ended; one more, likewise. */
  readonly entriesOf: (targetIds: readonly string[]) => readonly OrganizationEvent[]
  readonly departing: (member: Member) => DepartureFacts
}

/**
 * The account is being deleted: the person leaves, their open invitations are canceled, their personal data goes from the
 * log and, last, from their rows, so that a repeated step finds what is left.
 */
export function erasePerson(
  facts: ErasePersonFacts,
  { userId }: ErasePerson,
  context: Context,
): Decision<CommandValues['ErasePerson']> {
  const { authority, now } = context
  const { organization, tally, member: before } = facts
  const refusal = missingOperator(authority)
  if (refusal !== null) return reject(refusal)
  const last = before === null || organization.deletedAt !== null ? null : lastOwner(before, tally)
  if (last !== null) return reject(last)

  const member = before === null || isErasedAddress(before.email) ? null : before
  const invitations = facts.invitations.slice(0, INVITATIONS_PER_STEP)
  const targets = [...(member === null ? [] : [memberTarget(member)]), ...invitations.map(invitationTarget)]
  const [target] = targets
  if (target === undefined) return decided({ nextSeq: null })

  const found = facts.entriesOf(targets.map(({ id }) => id))
  const entries = found.slice(0, ENTRIES_PER_STEP)
  const readable = entries.filter((entry) => entry.personal !== null && !isErased(entry))
  const forgotten: Change = { kind: 'erasure', target, entries: readable.map(({ seq }) => seq) }
  if (found.length > entries.length) {
    const gone = belongs(member)
      ? removal(
          facts,
          member,
          { ...member, status: 'removed', ending: endingBy(authority, member), updatedAt: now },
          [],
          context,
        )
      : []
    return decided({ nextSeq: entries.at(-1)?.seq ?? 0 }, ...gone, forgotten)
  }
  const nextSeq = facts.invitations.length > INVITATIONS_PER_STEP ? 0 : null
  const nobody = member === null ? [] : removal(facts, member, erasedMember(member, context), invitations, context)
  return decided({ nextSeq }, ...nobody, ...invitations.flatMap((one) => erasedInvitation(one, userId, now)), forgotten)
}

/** Skips invitations that are erased in the same step. */
function removal(
  { departing }: ErasePersonFacts,
  before: Member,
  after: Member,
  erased: readonly Invitation[],
  context: Context,
): Change[] {
  const row: Change = { kind: 'member', before, after }
  if (!belongs(before)) return [row]
  const departed = departure({ ...departing(before), except: erased.map(({ id }) => id) }, GONE, [], context)
  const ended = departed.ok ? departed.value.changes : []
  return [row, event('member.removed', memberTarget(after), { role: after.role }), ...ended]
}

const erasedMember = (member: Member, { authority, now }: Context): Member => ({
  ...member,
  status: 'removed',
  externalIds: {},
  ending: endingBy(authority, member),
  email: erasedAddress(member.userId),
  profile: {},
  attributes: {},
  personName: null,
  personRevision: ERASED_REVISION,
  lastSignInAt: null,
  updatedAt: now,
})

/** An invitation that is still open is canceled; one past its time is recorded as expired. */
function erasedInvitation(before: Invitation, userId: string, now: number): Change[] {
  const present = statusAt(before, now)
  const status = present === 'pending' ? 'canceled' : present
  const after: Invitation = { ...before, status, email: erasedAddress(userId), name: null }
  const row: Change = { kind: 'invitation', before, after }
  if (status === before.status) return [row]
  return status === 'canceled'
    ? [row, event('invitation.canceled', invitationTarget(after), { reason: 'account_deleted' })]
    : [row, event('invitation.expired', invitationTarget(after))]
}
