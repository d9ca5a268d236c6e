import type { ApiKey } from './api-key.ts'
import {
  type Authority,
  type Context,
  lackingToAssign,
  missing,
  missingFreshProof,
  missingToAssign,
  missingToGrant,
} from './authority.ts'
import { apiKeyTarget, type Change, event, invitationTarget, type MadeInvitations } from './decision.ts'
import { isErasedAddress } from './erasure.ts'
import type { Invitation } from './invitation.ts'
import { MAX_NOTICE_RECIPIENTS, recipientOf } from './mail.ts'
import { belongs, type Member } from './member.ts'
import type { Organization } from './organization.ts'
import { changesSomething, type Permission } from './permissions.ts'
import type { Rejection } from './rejection.ts'
import { ok, type Result, refuse } from './result.ts'
import { OWNER, type Role } from './roles.ts'

/*
 * What becomes of invitations and API keys when the people who made them lose permissions, in the same step: what they
 * could no longer make ends; a key that changes nothing stays with the organization, and owners are told to replace it.
 */

/** At most this many ended invitations are listed, kept or logged in one step. The rest end too; their log entries follow. */
export const INVITATIONS_ENDED_AT_ONCE = 1_000

export interface DepartureFacts {
  readonly organization: Organization
  /** All roles of the organization. */
  readonly roles: () => readonly Role[]
  /** The accounts of the people who lose permissions; of many, those who have pending invitations. */
  readonly makers: () => readonly string[]
  /** Not expired at that time, and one more than are listed, if there are more. */
  readonly invitations: (made: MadeInvitations, now: number) => readonly Invitation[]
  /** Not revoked, made by these people. */
  readonly apiKeys: () => readonly ApiKey[]
  /** Invitations that end in the same step for another reason. */
  readonly except?: readonly string[]
  /** As they were before, by account. */
  readonly member: (userId: string) => Member | null
  /** Active ones; one more than a notice goes to, if there are more. */
  readonly owners: () => readonly Member[]
}

/** What the people have left, and whether they no longer belong to the organization. */
export interface Loss {
  readonly remaining: ReadonlySet<Permission>
  readonly gone: boolean
}

export const GONE: Loss = { remaining: new Set(), gone: true }

/** The ids of what the actor takes over, or everything. */
export type Keep = readonly string[] | 'all'

export const DEPARTURE_OUTCOMES = ['ends', 'stays', 'kept'] as const

/** What becomes of one invitation or key. `stays`: with the organization, which should replace it. */
export interface DepartureEntry {
  readonly type: 'invitation' | 'api_key'
  readonly id: string
  /** Of invitations. */
  readonly email: string | null
  readonly name: string | null
  readonly outcome: (typeof DEPARTURE_OUTCOMES)[number]
}

export interface Departure {
  readonly entries: readonly DepartureEntry[]
  readonly changes: readonly Change[]
}

const NOTHING: Departure = { entries: [], changes: [] }

/** Whether a person with these permissions could make this invitation. */
export const couldInvite = (role: Role, held: ReadonlySet<Permission>): boolean =>
  held.has('members:manage') && lackingToAssign(role, held) === null

/** The person whose going would end this key; null for one that changes nothing, or that no person made. */
export const personBehind = ({ permissions, createdBy }: ApiKey): string | null =>
  createdBy.type === 'user' && permissions.some(changesSomething) ? createdBy.id : null

/** What happens to what these people made. Refused if the actor keeps something that they could not make themselves. */
export function departure(
  facts: DepartureFacts,
  loss: Loss,
  keep: Keep,
  context: Context,
): Result<Departure, Rejection> {
  const roles = facts.roles()
  const lost = { makers: [], roles: lostRoles(roles, loss), except: facts.except ?? [] }
  const made: MadeInvitations = lost.roles.length === 0 ? lost : { ...lost, makers: facts.makers() }
  const found = made.makers.length === 0 ? [] : facts.invitations(made, context.now)
  const invitations = found.slice(0, INVITATIONS_ENDED_AT_ONCE)
  const hasMore = found.length > invitations.length
  const apiKeys = facts.apiKeys()
  const ending = apiKeys.filter((key) =>
    key.permissions.some((one) => changesSomething(one) && !loss.remaining.has(one)),
  )
  const staying = apiKeys.filter((key) => !ending.includes(key) && !key.makerLeft && isLeftBy(key, loss))
  if (invitations.length + ending.length + staying.length === 0) return keepNothing(keep)

  const makers = new Set([
    ...invitations.flatMap(({ makerId }) => makerId ?? []),
    ...[...ending, ...staying].flatMap(({ createdBy }) => createdBy.id ?? []),
  ])
  const actor = actorAfter(makers, loss, context.authority)
  const affected = [...invitations, ...ending, ...staying].map(({ id }) => id)
  const kept = new Set(keep === 'all' ? affected : keep)
  const keptInvitations = invitations.filter(({ id }) => kept.has(id))
  const keptKeys = [...ending, ...staying].filter(({ id }) => kept.has(id))
  const opensDoors = keptKeys.length > 0 || keptInvitations.some((one) => one.role === OWNER)
  const refusal =
    tooMany(keep, hasMore) ??
    unknownAmong(keep, affected) ??
    firstOf(keptInvitations, (one) => missingToKeepInvitation(one, roles, actor)) ??
    firstOf(keptKeys, (one) => missingToKeepKey(one, actor)) ??
    (opensDoors ? missingFreshProof(context) : null)
  if (refusal !== null) return refuse(refusal)

  return ok({
    entries: [
      ...invitations.map((one) => invitationEntry(one, kept.has(one.id))),
      ...ending.map((key) => keyEntry(key, kept.has(key.id) ? 'kept' : 'ends')),
      ...staying.map((key) => keyEntry(key, kept.has(key.id) ? 'kept' : 'stays')),
    ],
    changes: [
      ...invitations.flatMap((one) => (kept.has(one.id) ? keptInvitation(one, actor) : endedInvitation(one))),
      ...(hasMore ? [endOfOthers(made, invitations)] : []),
      ...ending.flatMap((key) => (kept.has(key.id) ? keptKey(key, actor) : endedKey(key, context.now))),
      ...staying.flatMap((key) => (kept.has(key.id) ? keptKey(key, actor) : leftKey(key))),
      ...notice(facts, makers, [...ending.filter(({ id }) => kept.has(id)), ...staying], loss),
    ],
  })
}

/** The keys of the roles that what the people have left does not let them give. */
const lostRoles = (roles: readonly Role[], { remaining }: Loss): string[] =>
  roles.filter((role) => !couldInvite(role, remaining)).map(({ key }) => key)

const endOfOthers = (made: MadeInvitations, listed: readonly Invitation[]): Change => ({
  kind: 'invitations_ended',
  ...made,
  except: [...made.except, ...listed.map(({ id }) => id)],
})

/** A key that changes nothing outlives its maker; it is theirs while they have all that it has. */
const isLeftBy = ({ permissions }: ApiKey, { gone, remaining }: Loss): boolean =>
  gone || permissions.some((permission) => !remaining.has(permission))

/** People who reduce their own role cannot keep what only the old role could make. */
function actorAfter(makers: ReadonlySet<string>, { remaining }: Loss, authority: Authority): Authority {
  return authority.maker !== null && makers.has(authority.maker) ? { ...authority, permissions: remaining } : authority
}

const keepNothing = (keep: Keep): Result<Departure, Rejection> => {
  const unknown = unknownAmong(keep, [])
  return unknown === null ? ok(NOTHING) : refuse(unknown)
}

const invalidKeep = (message: string): Rejection => ({ code: 'invalid', path: 'keep', message })

const tooMany = (keep: Keep, hasMore: boolean): Rejection | null =>
  keep === 'all' && hasMore
    ? invalidKeep(`There are more than ${INVITATIONS_ENDED_AT_ONCE} invitations. Name the ones to keep.`)
    : null

function unknownAmong(keep: Keep, affected: readonly string[]): Rejection | null {
  const unknown = keep === 'all' ? undefined : keep.find((id) => !affected.includes(id))
  return unknown === undefined ? null : invalidKeep(`${unknown} is not among what would end or pass on.`)
}

function firstOf<T>(items: readonly T[], problem: (item: T) => Rejection | null): Rejection | null {
  for (const item of items) {
    const found = problem(item)
    if (found !== null) return found
  }
  return null
}

function missingToKeepInvitation({ role: key }: Invitation, roles: readonly Role[], actor: Authority) {
  const role = roles.find((one) => one.key === key)
  return missing(actor, 'members:manage') ?? (role === undefined ? null : missingToAssign(actor, role))
}

const missingToKeepKey = ({ permissions }: ApiKey, actor: Authority): Rejection | null =>
  missing(actor, 'api_keys:manage') ?? missingToGrant(actor, permissions)

/** Of events about what ended with its maker's permissions. */
export const MAKER_LOST_PERMISSION = 'maker_lost_permission'
const REASON = { reason: MAKER_LOST_PERMISSION }

function endedInvitation(before: Invitation): Change[] {
  const after: Invitation = { ...before, status: 'canceled' }
  return [{ kind: 'invitation', before, after }, endingOf(after)]
}

/** The log entry of an invitation that ended with its maker's permissions. */
export const endingOf = (invitation: Invitation): Change =>
  event('invitation.canceled', invitationTarget(invitation), {
    ...(isErasedAddress(invitation.email) ? {} : { email: invitation.email }),
    ...REASON,
  })

function keptInvitation(before: Invitation, authority: Authority): Change[] {
  const after = takenOver(before, authority)
  return [{ kind: 'invitation', before, after }, invitationKept(after)]
}

/**
 * The invitation, resting on this authority from now on. A link that nobody mailed, and that its inviter has seen, must not
 * become one by which the operator vouches.
 */
export function takenOver(before: Invitation, { actor, maker }: Authority): Invitation {
  const vouches = actor.type === 'operator' && before.delivery === 'none'
  return { ...before, invitedBy: vouches ? before.invitedBy : actor, makerId: maker }
}

export const invitationKept = (after: Invitation): Change =>
  event('invitation.kept', invitationTarget(after), { email: after.email })

const keyData = ({ name, lastFour }: ApiKey) => ({ name, last_four: lastFour })

function endedKey(before: ApiKey, now: number): Change[] {
  const after: ApiKey = { ...before, revokedAt: now }
  return [{ kind: 'api_key', after }, event('api_key.revoked', apiKeyTarget(after), { ...keyData(after), ...REASON })]
}

function leftKey(before: ApiKey): Change[] {
  const after: ApiKey = { ...before, makerLeft: true }
  return [{ kind: 'api_key', after }, event('api_key.maker_left', apiKeyTarget(after), keyData(after))]
}

/** It rests on who keeps it. Its secret is still known to the person who made it, so it is to be replaced all the same. */
function keptKey(before: ApiKey, { actor }: Authority): Change[] {
  const after: ApiKey = { ...before, createdBy: actor, makerLeft: true }
  return [{ kind: 'api_key', after }, event('api_key.kept', apiKeyTarget(after), keyData(after))]
}

/** To the owners, except those who lose something here. */
function notice(
  { organization, member, owners }: DepartureFacts,
  makers: ReadonlySet<string>,
  keys: readonly ApiKey[],
  { gone }: Loss,
): Change[] {
  if (keys.length === 0) return []
  const recipients = owners()
    .filter(({ userId }) => !(gone && makers.has(userId)))
    .slice(0, MAX_NOTICE_RECIPIENTS)
    .map(recipientOf)
  if (recipients.length === 0) return []
  const listed = keys.map(({ name, lastFour, createdBy }) => {
    const maker = createdBy.id === null ? null : member(createdBy.id)
    return { name, lastFour, maker: maker === null ? null : (maker.profile.name ?? maker.email) }
  })
  const subject = { about: 'keys_to_rotate', keys: listed } as const
  return [{ kind: 'mail', mail: { kind: 'notice', organizationName: organization.name, recipients, subject } }]
}

const invitationEntry = ({ id, email, name }: Invitation, isKept: boolean): DepartureEntry => ({
  type: 'invitation',
  id,
  email,
  name,
  outcome: isKept ? 'kept' : 'ends',
})

const keyEntry = ({ id, name }: ApiKey, outcome: DepartureEntry['outcome']): DepartureEntry => ({
  type: 'api_key',
  id,
  email: null,
  name,
  outcome,
})

/** The person whose permissions an invitation depends on, when it is accepted. */
export interface Maker {
  readonly member: Member | null
  readonly role: Role | null
}

/**
 * Why an invitation cannot be accepted because of the person who made it; null if it can. It ends if that person could
 * no longer make it, and is on hold while they are suspended.
 */
export function makerProblem(
  invitation: Invitation,
  role: Role | null,
  { member, role: held }: Maker,
): Rejection | null {
  if (invitation.makerId === null) return null
  if (!belongs(member) || role === null || !couldInvite(role, new Set(held?.permissions))) {
    return { code: 'invitation_canceled' }
  }
  return member.status === 'suspended' ? { code: 'maker_suspended', of: 'invitation' } : null
}
