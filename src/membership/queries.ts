import type { Access } from './access.ts'
import type { Actor } from './actor.ts'
import type { ApiKey } from './api-key.ts'
import type { AttributeFilter, AttributeValues } from './attributes.ts'
import type { EventType, OrganizationEvent } from './event.ts'
import type { Delivery, Invitation, InvitationStatus } from './invitation.ts'
import type { Member, MemberStatus } from './member.ts'
import type { Organization } from './organization.ts'
import type { Permission } from './permissions.ts'
import type { Role } from './roles.ts'
import type { Seats } from './seats.ts'

/** A stretch of a list. `limit` is 1 to 100; `cursor` is what the page before handed out. */
export interface Page {
  readonly limit: number
  readonly cursor: string | null
}

export interface Slice<T> {
  readonly items: readonly T[]
  readonly nextCursor: string | null
}

export const MEMBER_SORTS = ['name', 'email', 'joined_at', 'last_sign_in_at'] as const
export const ROSTER_SORTS = ['name', 'email', 'role', 'date', 'last_sign_in_at'] as const
export const INVITATION_SORTS = ['created_at', 'email', 'expires_at'] as const

export interface Sort<Key extends string> {
  readonly by: Key
  readonly descending: boolean
}

export const ROSTER_STATUSES = ['active', 'pending', 'suspended'] as const
export type RosterStatus = (typeof ROSTER_STATUSES)[number]

/** A member or a pending invitation, as one list shows both. `since` is when they joined or were invited. */
export interface RosterEntry {
  readonly kind: 'member' | 'invitation'
  readonly id: string
  readonly userId: string | null
  readonly name: string | null
  readonly email: string
  readonly role: string
  readonly status: RosterStatus
  readonly since: number
  readonly expiresAt: number | null
  /** These four are absent in what an object of an earlier version answers. */
  readonly attributes?: AttributeValues
  readonly lastSignInAt?: number | null
  /** Of invitations. */
  readonly delivery?: Delivery | null
  readonly invitedByType?: Actor['type'] | null
}

/** What a list of people is asked by. */
export interface RosterFilter {
  readonly statuses: readonly RosterStatus[]
  readonly role: string | null
  readonly search: string | null
  readonly attributes?: readonly AttributeFilter[]
  readonly sort: Sort<(typeof ROSTER_SORTS)[number]>
  readonly page: Page
}

/** What the log is asked by. `from` is included, `to` is not; with `afterSeq` it ascends from behind that entry. */
export interface EventFilter {
  readonly types: readonly EventType[]
  readonly actorId: string | null
  readonly targetId: string | null
  readonly from: number | null
  readonly to: number | null
  readonly afterSeq: number | null
  readonly page: Page
}

export type Query =
  | { readonly type: 'GetOrganization' }
  | { readonly type: 'GetSeats' }
  | { readonly type: 'GetMember'; readonly memberId: string }
  | {
      readonly type: 'ListMembers'
      /** What the operator calls the member. */
      readonly externalId?: string | null
      readonly statuses: readonly MemberStatus[]
      readonly role: string | null
      readonly search: string | null
      readonly attributes?: readonly AttributeFilter[]
      readonly sort: Sort<(typeof MEMBER_SORTS)[number]>
      readonly page: Page
    }
  | ({ readonly type: 'ListRoster' } & RosterFilter)
  | { readonly type: 'ViewTeam'; readonly roster: RosterFilter | null }
  | { readonly type: 'ViewMember'; readonly memberId: string; readonly activity: Page | null }
  | { readonly type: 'GetInvitation'; readonly invitationId: string }
  | {
      readonly type: 'ListInvitations'
      readonly statuses: readonly InvitationStatus[]
      readonly search: string | null
      readonly sort: Sort<(typeof INVITATION_SORTS)[number]>
      readonly page: Page
    }
  | { readonly type: 'ViewInvitation'; readonly invitationId: string; readonly sendNumber: number }
  /** For the process that sends mails. */
  | { readonly type: 'ListWantedMails'; readonly mails: readonly AskedMail[] }
  | ({ readonly type: 'ListEvents' } & EventFilter)
  | ({ readonly type: 'ViewEvents' } & EventFilter)
  | { readonly type: 'ListActivity'; readonly memberId: string; readonly page: Page }
  | ({ readonly type: 'VerifyEvents' } & LogStretch)
  | { readonly type: 'GetLastOwnership'; readonly userId: string }
  | { readonly type: 'GetAccess'; readonly userId: string | null; readonly permission: Permission | null }
  | {
      readonly type: 'CheckAccess'
      readonly checks: readonly { readonly userId: string; readonly permission: Permission }[]
    }
  | { readonly type: 'GetRole'; readonly key: string }
  | { readonly type: 'ListRoles' }
  | { readonly type: 'GetApiKey'; readonly keyId: string }
  | { readonly type: 'ListApiKeys' }
  | { readonly type: 'ViewApiKeys' }

export type QueryType = Query['type']

/** One mail of an invitation; a resend is another one. */
export interface InvitationMailId {
  readonly invitationId: string
  readonly sendNumber: number
}

export interface AskedMail extends InvitationMailId {
  /** Who has asked for it. */
  readonly invitedBy?: Actor
}

export interface WantedMails {
  readonly wanted: readonly WantedMail[]
  /** When the organization was created, unless the operator created it. */
  readonly newSince?: number | null
}

export interface WantedMail extends InvitationMailId {
  /** The account of the inviter, or of the maker of the API key that invited. */
  readonly inviter?: string | null
}

/** What the holder of an invitation link may see before accepting. */
export interface InvitationView {
  readonly invitation: Invitation
  readonly organizationName: string
  readonly roleName: string
  readonly inviter: string | null
  readonly superseded: boolean
  /** The invitation was accepted, and its member no longer belongs to the organization. */
  readonly formerMember?: true
  /** The person whose authority the invitation rests on is suspended, so it cannot be accepted for now. */
  readonly onHold?: true
}

/** What decides who can be managed how, all as of one moment. */
export interface Team {
  readonly organization: Organization
  /** The built-in ones first. */
  readonly roles: readonly Role[]
  readonly seats: Seats
  readonly activeOwners: number
}

export interface TeamView extends Team {
  /** Null where none was asked for. */
  readonly roster: Slice<RosterEntry> | null
}

export interface MemberView extends Team {
  readonly member: Member
  /** What they did, newest first; null where it was not asked for, and to those who may not know. */
  readonly activity: Slice<OrganizationEvent> | null
  /** Of the members that the activity is about, by their ids: how they are called now. */
  readonly names: Names
}

/** A stretch of the log, and how those are called now whom it is about or was filtered by. */
export interface EventsView {
  readonly events: Slice<OrganizationEvent>
  readonly names: Names
  readonly roles: readonly Role[]
}

/** Keys, and how the people who made them are called now. */
export interface ApiKeysView {
  readonly apiKeys: readonly ApiKey[]
  readonly names: Names
}

export type Names = { readonly [id: string]: string }

/** A part of the log to verify: what comes after an entry that is verified already. */
export interface LogStretch {
  /** 0 to begin with. */
  readonly afterSeq: number
  readonly previousHash: string
  /** The hashes of entries as recorded in the directory. */
  readonly checkpoints: readonly { readonly seq: number; readonly hash: string }[]
}

/** `firstBrokenSeq` is the entry that does not follow from the verified ones; null while none was found. */
export interface VerifiedStretch {
  readonly verifiedUpTo: number
  /** Of the last verified entry. */
  readonly hash: string
  /** The last entry of the log. */
  readonly headSeq: number
  readonly firstBrokenSeq: number | null
}

export interface QueryValues {
  GetOrganization: Organization
  GetSeats: Seats
  GetMember: Member
  ListMembers: Slice<Member>
  ListRoster: Slice<RosterEntry>
  ViewTeam: TeamView
  ViewMember: MemberView
  GetInvitation: Invitation
  ListInvitations: Slice<Invitation>
  ViewInvitation: InvitationView
  ListWantedMails: WantedMails
  ListEvents: Slice<OrganizationEvent>
  ViewEvents: EventsView
  ListActivity: { readonly member: Member; readonly events: Slice<OrganizationEvent> }
  VerifyEvents: VerifiedStretch
  /** Would the organization be without an owner if this person left? */
  GetLastOwnership: { readonly isLastOwner: boolean; readonly organizationName: string }
  GetAccess: Access
  CheckAccess: readonly Access[]
  GetRole: Role
  ListRoles: readonly Role[]
  GetApiKey: ApiKey
  ListApiKeys: readonly ApiKey[]
  ViewApiKeys: ApiKeysView
}

export type AnswerOf<Q extends Query> = QueryValues[Q['type']]

/** What it takes to ask. Null: the query looks for itself at who asks. */
export function permissionToAsk(query: Query): Permission | null {
  switch (query.type) {
    case 'GetOrganization':
    case 'GetSeats':
      return 'organization:read'
    case 'ListMembers':
    case 'ListRoster':
    case 'ViewTeam':
    case 'GetInvitation':
    case 'ListInvitations':
    case 'GetRole':
    case 'ListRoles':
      return 'members:read'
    case 'ListEvents':
    case 'ViewEvents':
    case 'VerifyEvents':
      return 'audit_log:read'
    case 'GetApiKey':
    case 'ListApiKeys':
    case 'ViewApiKeys':
      return 'api_keys:manage'
    case 'GetLastOwnership':
      return 'owners:manage'
    case 'GetAccess':
    case 'CheckAccess':
    case 'GetMember':
    case 'ViewMember':
    case 'ListActivity':
    case 'ViewInvitation':
    case 'ListWantedMails':
      return null
  }
}
