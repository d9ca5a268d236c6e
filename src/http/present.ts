import type { LinkedIdentity } from '../accounts/identities.ts'
import type { Session, StartedSession } from '../accounts/sessions.ts'
import type { RefusalCount, SignInEntry } from '../accounts/sign-in-list.ts'
import type { User } from '../accounts/users.ts'
import type * as contract from '../contract/resources.ts'
import type { MailBlock } from '../directory/mail-blocks.ts'
import type { Membership } from '../directory/own-organizations.ts'
import type { Access } from '../membership/access.ts'
import type { Actor } from '../membership/actor.ts'
import type { ApiKey } from '../membership/api-key.ts'
import type { ArrivalResult } from '../membership/arrival.ts'
import { type AttributeDefinition, visibleAttributes } from '../membership/attributes.ts'
import type { BulkResult } from '../membership/bulk.ts'
import type { DepartureEntry } from '../membership/departure.ts'
import type { EnvironmentEvent } from '../membership/environment-event.ts'
import { type Invitation, statusAt } from '../membership/invitation.ts'
import { type Member, OPERATOR_SOURCE } from '../membership/member.ts'
import type { OperatorKey } from '../membership/operator-key.ts'
import type { Organization } from '../membership/organization.ts'
import type { InvitationView, RosterEntry, Slice } from '../membership/queries.ts'
import type { Role } from '../membership/roles.ts'
import type { Seats } from '../membership/seats.ts'
import type { Acceptance } from '../onboarding/acceptance.ts'
import type { SignInRequired } from '../onboarding/answer-invitation.ts'
import type { LostSlug } from '../onboarding/assert-claims.ts'
import type { RebuildProgress } from '../onboarding/rebuild-directory.ts'
import type { SignedIn } from '../onboarding/sign-in.ts'
import type { Verification } from '../onboarding/verify-log.ts'
import { shownEvent } from '../records/event-chain.ts'

/* What leaves, and under which names: the only place that turns records into resources. */

export const shown = (time: number): string => new Date(time).toISOString()
export const shownOrNull = (time: number | null): string | null => (time === null ? null : shown(time))

const actor = ({ type, id }: Actor): Pick<Actor, 'type' | 'id'> => ({ type, id })

/** What is defined at present: of a person's attributes nothing else is shown. */
type Definitions = readonly AttributeDefinition[]

export const list = <T, U>({ items, nextCursor }: Slice<T>, item: (value: T) => U) => ({
  object: 'list' as const,
  data: items.map(item),
  next_cursor: nextCursor,
})

export const organization = (value: Organization, revision: number): contract.Organization => ({
  object: 'organization',
  id: value.id,
  name: value.name,
  slug: value.slug,
  external_id: value.externalId,
  ownership: value.ownership,
  seat_limit: value.seatLimit,
  upgrade_url: value.upgradeUrl,
  created_at: shown(value.createdAt),
  updated_at: shown(value.updatedAt),
  revision,
})

export const rebuilt = (organizationId: string, revision: number, lostSlug: LostSlug | null) => ({
  object: 'rebuild' as const,
  organization_id: organizationId,
  revision,
  slug_held_by: lostSlug?.heldBy ?? null,
})

export const rebuildProgress = ({ rebuilt, failed, noObjects, lostSlugs }: RebuildProgress) => ({
  object: 'rebuild_progress' as const,
  rebuilt,
  failed,
  no_objects: noObjects,
  lost_slugs: lostSlugs.map(({ organizationId, slug, heldBy }) => ({
    organization_id: organizationId,
    slug,
    held_by: heldBy,
  })),
})

export const seats = (value: Seats): contract.Seats => ({ object: 'seats', ...value })

export const member =
  (definitions: Definitions) =>
  (value: Member): contract.Member => ({
    object: 'member',
    id: value.id,
    organization_id: value.organizationId,
    user_id: value.userId,
    email: value.email,
    name: value.profile.name ?? null,
    role: value.role,
    status: value.status,
    source: value.source,
    external_id: value.externalIds[OPERATOR_SOURCE] ?? null,
    profile: value.profile,
    attributes: visibleAttributes(definitions, value.attributes),
    joined_at: shown(value.joinedAt),
    last_sign_in_at: shownOrNull(value.lastSignInAt),
    created_at: shown(value.createdAt),
    updated_at: shown(value.updatedAt),
  })

const departureEntry = (value: DepartureEntry): contract.DepartureEntry => ({
  object: 'departure_entry',
  ...value,
})

/** The whole list, because a step concerns a bounded number. */
export const departure = (entries: readonly DepartureEntry[]) =>
  list({ items: entries, nextCursor: null }, departureEntry)

export const rosterEntry =
  (definitions: Definitions) =>
  (value: RosterEntry): contract.RosterEntry => ({
    object: 'roster_entry',
    kind: value.kind,
    id: value.id,
    user_id: value.userId,
    name: value.name,
    email: value.email,
    role: value.role,
    status: value.status,
    attributes: visibleAttributes(definitions, value.attributes ?? {}),
    joined_at: value.kind === 'member' ? shown(value.since) : null,
    last_sign_in_at: shownOrNull(value.lastSignInAt ?? null),
    invited_at: value.kind === 'invitation' ? shown(value.since) : null,
    expires_at: shownOrNull(value.expiresAt),
    delivery: value.delivery ?? null,
  })

/** `url` is the signed link, for those who may see it. */
export const invitation = (value: Invitation, url?: string): contract.Invitation => ({
  object: 'invitation',
  id: value.id,
  organization_id: value.organizationId,
  email: value.email,
  name: value.name,
  role: value.role,
  status: statusAt(value, Date.now()),
  send_count: value.sendCount,
  delivery: value.delivery,
  invited_by: actor(value.invitedBy),
  expires_at: shown(value.expiresAt),
  created_at: shown(value.createdAt),
  accepted_at: shownOrNull(value.acceptedAt),
  member_id: value.memberId,
  ...(url === undefined ? {} : { url }),
})

export const invitationPreview = (view: InvitationView): contract.InvitationPreview => ({
  object: 'invitation_preview',
  id: view.invitation.id,
  organization: { id: view.invitation.organizationId, name: view.organizationName },
  email: view.invitation.email,
  name: view.invitation.name,
  role: { key: view.invitation.role, name: view.roleName },
  inviter: view.inviter,
  status: statusAt(view.invitation, Date.now()),
  expires_at: shown(view.invitation.expiresAt),
})

export const bulkResult = (value: BulkResult) => ({
  email: value.email,
  outcome: value.outcome,
  ...(value.invitationId === null ? {} : { invitation_id: value.invitationId }),
})

export const arrivalResult = (value: ArrivalResult): contract.ArrivalResult => ({
  user_id: value.userId,
  email: value.email,
  outcome: value.outcome,
  member_id: value.memberId,
})

/** The log's hashes are over what is shown, so the records themselves say what that is. */
export const event = shownEvent

export const verification = ({
  verified,
  headSeq,
  firstBrokenSeq,
  isCompared,
}: Verification): contract.Verification => ({
  object: 'verification',
  valid: firstBrokenSeq === null,
  verified_up_to: verified.seq,
  compared_with_directory: isCompared,
  head_seq: headSeq,
  next_cursor: firstBrokenSeq !== null || verified.seq >= headSeq ? null : `${verified.seq}.${verified.hash}`,
  first_broken_seq: firstBrokenSeq,
})

export const mailBlock = ({ id, email, createdAt }: MailBlock): contract.MailBlock => ({
  object: 'mail_block',
  id,
  email,
  created_at: shown(createdAt),
})

export const environmentEvent = (value: EnvironmentEvent): contract.EnvironmentEvent => ({
  object: 'event',
  id: value.id,
  seq: value.seq,
  type: value.type,
  occurred_at: shown(value.occurredAt),
  actor: actor(value.actor),
  via: value.actor.via ?? null,
  target: value.target,
  data: value.data,
})

export const user =
  (definitions: Definitions) =>
  (value: User): contract.User => ({
    object: 'user',
    id: value.id,
    email: value.email,
    email_verified: value.emailVerified,
    name: value.name,
    attributes: visibleAttributes(definitions, value.attributes),
    created_at: shown(value.createdAt),
    last_sign_in_at: shownOrNull(value.lastSignInAt),
  })

export const userAttribute = (value: AttributeDefinition): contract.UserAttribute => ({
  object: 'user_attribute',
  key: value.key,
  label: value.label,
  type: value.type,
  options: value.options && [...value.options],
  required: value.required,
  user_editable: value.userEditable,
})

/** `lastUsedId`: the organization where the person was last. */
export const membership =
  (lastUsedId: string | null) =>
  ({ organization, member }: Membership): contract.Membership => ({
    object: 'membership',
    organization: { id: organization.id, name: organization.name, slug: organization.slug },
    member_id: member.id,
    role: member.role,
    status: member.status,
    joined_at: shown(member.joinedAt),
    last_used: organization.id === lastUsedId,
  })

export const identity = (value: LinkedIdentity): contract.Identity => ({
  object: 'identity',
  id: value.id,
  issuer: value.issuer,
  subject: value.subject,
  created_at: shown(value.createdAt),
})

/** `currentId` is that of the session of the request, if it has one. */
export const session = (value: Session, currentId: string | undefined): contract.Session => ({
  object: 'session',
  id: value.id,
  user_id: value.userId,
  organization_id: value.organizationId,
  reach_organization_id: value.reachOrganizationId,
  method: value.method,
  user_agent: value.userAgent,
  current: value.id === currentId,
  created_at: shown(value.createdAt),
  authenticated_at: shownOrNull(value.authenticatedAt),
  last_seen_at: shown(value.lastSeenAt),
  expires_at: shown(value.expiresAt),
})

export const signInEntry = (value: SignInEntry): contract.SignInEntry => ({
  object: 'sign_in',
  id: value.id,
  type: value.type,
  occurred_at: shown(value.occurredAt),
  user_id: value.userId,
  session_id: value.sessionId,
  operator_key_id: value.operatorKeyId,
  organization_id: value.organizationId,
  method: value.method,
  device: value.device,
  network: value.network,
  ...(value.reason === null ? {} : { reason: value.reason }),
})

export const refusalCount = ({ hour, network, reason, count }: RefusalCount): contract.RefusalCount => ({
  object: 'refusals',
  ...{ hour: shown(hour), network, reason, count },
})

type WithToken = Pick<StartedSession, 'token' | 'session'>

/** With the token, which its holder sees this once. */
export const startedSession = ({ token, session: started }: WithToken): contract.StartedSession => ({
  ...session(started, started.id),
  token,
})

export const signedIn = (value: SignedIn, definitions: Definitions): contract.SignedIn => ({
  ...startedSession(value),
  user: user(definitions)(value.user),
  account_created: value.created,
  ...(value.invited?.acceptance ? joined(value.invited.acceptance, definitions) : {}),
})

/** What a person gets by accepting an invitation. */
export const joined = (value: Acceptance, definitions: Definitions) => ({
  member: member(definitions)(value.member),
  organization: organization(value.organization, value.revision),
  ...(value.redirectUrl === null ? {} : { redirect_url: value.redirectUrl }),
})

export const signInRequired = ({ email, expiresAt }: SignInRequired): contract.SignInRequired => ({
  object: 'sign_in_required',
  sign_in_required: true,
  email,
  expires_at: shown(expiresAt),
})

export const role = (value: Role): contract.Role => ({
  object: 'role',
  key: value.key,
  name: value.name,
  description: value.description,
  permissions: [...value.permissions],
  built_in: value.builtIn,
})

/** `secret` only in the answer that creates the key. */
export const apiKey = (value: ApiKey, secret?: string): contract.ApiKey => ({
  object: 'api_key',
  id: value.id,
  name: value.name,
  permissions: [...value.permissions],
  last_four: value.lastFour,
  created_by: actor(value.createdBy),
  maker_left: value.makerLeft,
  created_at: shown(value.createdAt),
  expires_at: shownOrNull(value.expiresAt),
  last_used_at: shownOrNull(value.lastUsedAt),
  ...(secret === undefined ? {} : { secret }),
})

export const operatorKey = (value: OperatorKey): contract.OperatorKey => ({
  object: 'operator_key',
  id: value.id,
  name: value.name,
  access: value.access,
  last_four: value.lastFour,
  created_at: shown(value.createdAt),
  expires_at: shownOrNull(value.expiresAt),
  last_used_at: shownOrNull(value.lastUsedAt),
})

export const access = (value: Access): contract.Access => ({
  object: 'access',
  user_id: value.userId,
  permission: value.permission,
  allowed: value.allowed,
  reason: value.reason,
  role: value.role,
  status: value.status,
  permissions: [...value.permissions],
})
