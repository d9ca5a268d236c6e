import type { ApiKey } from './api-key.ts'
import type { ArrivalResult, UnusableRow } from './arrival.ts'
import type { AttributeValues } from './attributes.ts'
import type { BulkMode, BulkResult } from './bulk.ts'
import type { DepartureEntry, Keep } from './departure.ts'
import type { Delivery, Invitation } from './invitation.ts'
import type { Member, MemberSource, Profile } from './member.ts'
import type { Organization, OwnershipMode } from './organization.ts'
import type { Permission } from './permissions.ts'
import type { Role } from './roles.ts'
import type { Seats } from './seats.ts'

/*
 * Commands cross the boundary between two versions of the code while a deploy is under way: fields are only ever added,
 * as optional ones. Ids, hashes and addresses arrive ready-made; the object adds the time and nothing else.
 */

export interface CreateOrganization {
  readonly type: 'CreateOrganization'
  readonly organizationId: string
  readonly name: string
  readonly slug: string
  readonly externalId: string | null
  readonly ownership: OwnershipMode
  readonly seatLimit: number | null
  readonly upgradeUrl: string | null
  readonly owner: Person | null
  /** When the slug was claimed in the directory; a claim that grew old may have been given away since. */
  readonly claimedAt: number
  /** The directory that has the organization's copy, by the name of its binding. */
  readonly directory?: string
}

/** A person as accounts know them; `memberId` is used when they have never been a member. */
export interface Person {
  readonly memberId: string
  readonly userId: string
  readonly email: string
  readonly name: string | null
  readonly attributes?: AttributeValues
  readonly lastSignInAt?: number | null
  /** Of the account, when these facts were read. */
  readonly revision?: number
}

/** What member rows repeat of an account, as it was at its `revision`. */
export interface Account {
  readonly userId: string
  readonly email: string
  readonly name: string | null
  readonly attributes: AttributeValues
  readonly lastSignInAt: number | null
  readonly revision: number
}

/** Absent fields stay as they are. */
export interface UpdateOrganization {
  readonly type: 'UpdateOrganization'
  readonly name?: string
  readonly slug?: string
  readonly slugClaimedAt?: number
  readonly externalId?: string | null
  readonly ownership?: OwnershipMode
  readonly seatLimit?: number | null
  readonly upgradeUrl?: string | null
}

export interface DeleteOrganization {
  readonly type: 'DeleteOrganization'
}

export interface RestoreOrganization {
  readonly type: 'RestoreOrganization'
}

export interface InvitationTerms {
  readonly defaultLifetimeMs: number
  readonly mailsPerDay: number
  /** Between two mails to one address. Absent: a worker of an earlier version asks, and there is no limit. */
  readonly mailIntervalMs?: number
}

export interface InviteMember extends InvitationTerms {
  readonly type: 'InviteMember'
  readonly invitationId: string
  readonly email: string
  readonly name: string | null
  readonly role: string
  readonly expiresAt: number | null
  readonly sendEmail: boolean
}

export interface BulkRow {
  readonly invitationId: string
  /** As given; null in `normalizedEmail` when it is no address. */
  readonly email: string
  readonly normalizedEmail: string | null
  readonly name: string | null
  readonly role: string
}

export interface BulkInvite extends InvitationTerms {
  readonly type: 'BulkInvite'
  readonly rows: readonly BulkRow[]
  readonly mode: BulkMode
  readonly dryRun: boolean
}

export interface ResendInvitation extends InvitationTerms {
  readonly type: 'ResendInvitation'
  readonly invitationId: string
}

export interface CancelInvitation {
  readonly type: 'CancelInvitation'
  readonly invitationId: string
}

/** By what right somebody answers an invitation. */
export interface InvitationProof {
  /** The number in the signed link that the person holds. */
  readonly sendNumber: number
  /** In place of a link, whose number does not count then: the address of whoever is signed in, which is verified. */
  readonly verifiedEmail?: string
}

export interface AcceptInvitation extends InvitationProof {
  readonly type: 'AcceptInvitation'
  readonly invitationId: string
  readonly person: Person
  /** Only the link identifies the person, so it lets in only people who were never in the organization. */
  readonly byLinkAlone?: true
}

export interface DeclineInvitation extends InvitationProof {
  readonly type: 'DeclineInvitation'
  readonly invitationId: string
}

/** Writes down what time has done already; at most `limit` in one step. */
export interface ExpireInvitations {
  readonly type: 'ExpireInvitations'
  readonly limit: number
}

export interface RecordDeliveries {
  readonly type: 'RecordDeliveries'
  readonly deliveries: readonly {
    readonly invitationId: string
    readonly sendNumber: number
    readonly delivery: Exclude<Delivery, 'none' | 'queued'>
  }[]
}

/** A person to bring into the organization. */
export interface Arrival {
  readonly person: Person
  /** For people who join. People who belong already keep their role and profile. */
  readonly role: string
  readonly profile: Profile
  /** What the source calls the member. */
  readonly externalId?: string
  /** False: the person becomes a suspended member, without a seat. */
  readonly active?: boolean
}

export interface AddMember extends Arrival {
  readonly type: 'AddMember'
  readonly source: MemberSource
}

/** Brings many people in, one after the other, in one step. For every source: the operator, domains, sign-ins, directories. */
export interface AddMembers {
  readonly type: 'AddMembers'
  readonly source: MemberSource
  readonly rows: readonly (Arrival | UnusableRow)[]
  readonly mode: BulkMode
  readonly dryRun: boolean
}

/** The next arrival brings the person back, whatever its source. */
export interface AllowReturn {
  readonly type: 'AllowReturn'
  readonly memberId: string
}

export interface UpdateMember {
  readonly type: 'UpdateMember'
  readonly memberId: string
  readonly role?: string
  readonly profile?: Profile
  /** What the actor takes over of the things that the person could no longer make. */
  readonly keep?: Keep
}

/** Accounts have changed: each person's row takes over what is newer. All of them or none. */
export interface UpdatePeople {
  readonly type: 'UpdatePeople'
  readonly people: readonly Account[]
}

/** An email that a person had once: invitations to it that were created until then are about the person. */
export interface FormerEmail {
  readonly email: string
  readonly until: number
  /** False: an invitation that is still open belongs to the person who has the email by now. */
  readonly alsoOpen: boolean
}

/**
 * The account is being deleted: takes everything about the person out of the organization, at most so much in one step.
 * Refused with `last_owner` like any other leaving.
 */
export interface ErasePerson {
  readonly type: 'ErasePerson'
  readonly userId: string
  /** The account's address: invitations to it are about the same person. */
  readonly email: string
  readonly formerEmails?: readonly FormerEmail[]
  /** Where in the log the last step ended; 0 to begin with. */
  readonly afterSeq: number
}

export interface SuspendMember {
  readonly type: 'SuspendMember'
  readonly memberId: string
}

export interface ReactivateMember {
  readonly type: 'ReactivateMember'
  readonly memberId: string
}

export interface RemoveMember {
  readonly type: 'RemoveMember'
  readonly memberId: string
  readonly keep?: Keep
}

/** Asks what would end or pass on if the person were removed, left, or got the role. Changes nothing. */
export interface PreviewDeparture {
  readonly type: 'PreviewDeparture'
  /** Absent: the actor, who leaves. */
  readonly memberId?: string
  /** Absent: they are removed, or leave, if it is the actor. */
  readonly role?: string
  readonly keep?: Keep
}

export interface Leave {
  readonly type: 'Leave'
}

export interface TransferOwnership {
  readonly type: 'TransferOwnership'
  readonly memberId: string
}

export interface CreateRole {
  readonly type: 'CreateRole'
  readonly key: string
  readonly name: string
  readonly description: string
  readonly permissions: readonly Permission[]
}

export interface UpdateRole {
  readonly type: 'UpdateRole'
  readonly key: string
  readonly name?: string
  readonly description?: string
  readonly permissions?: readonly Permission[]
}

export interface DeleteRole {
  readonly type: 'DeleteRole'
  readonly key: string
  readonly reassignTo: string | null
}

export interface CreateApiKey {
  readonly type: 'CreateApiKey'
  readonly keyId: string
  readonly name: string
  readonly permissions: readonly Permission[]
  readonly secretHash: string
  readonly lastFour: string
  readonly expiresAt: number | null
}

export interface RevokeApiKey {
  readonly type: 'RevokeApiKey'
  readonly keyId: string
}

export interface AcceptedInvitation {
  readonly member: Member
  readonly organization: Organization
  /** It was this call that accepted it. Absent when it had been accepted before. */
  readonly acceptedNow?: true
}

/** Which value each command answers with. */
export interface CommandValues {
  CreateOrganization: Organization
  UpdateOrganization: Organization
  DeleteOrganization: Organization
  RestoreOrganization: Organization
  InviteMember: Invitation
  BulkInvite: { readonly results: readonly BulkResult[]; readonly seats: Seats }
  ResendInvitation: Invitation
  CancelInvitation: Invitation
  AcceptInvitation: AcceptedInvitation
  DeclineInvitation: Invitation
  ExpireInvitations: { readonly expired: number; readonly more: boolean }
  RecordDeliveries: { readonly recorded: number }
  AddMember: Member
  AddMembers: { readonly results: readonly ArrivalResult[]; readonly seats: Seats }
  AllowReturn: Member
  UpdateMember: Member
  /** Who stands in the way, by account: they hold an address that one of the people has now. Then nothing was changed. */
  UpdatePeople: { readonly heldBy: readonly string[] }
  /** Null: nothing is left. Otherwise from where the next step goes on. */
  ErasePerson: { readonly nextSeq: number | null }
  SuspendMember: Member
  ReactivateMember: Member
  RemoveMember: Member
  PreviewDeparture: readonly DepartureEntry[]
  Leave: Member
  TransferOwnership: Member
  CreateRole: Role
  UpdateRole: Role
  DeleteRole: Role
  CreateApiKey: ApiKey
  RevokeApiKey: ApiKey
}

export type Command =
  | CreateOrganization
  | UpdateOrganization
  | DeleteOrganization
  | RestoreOrganization
  | InviteMember
  | BulkInvite
  | ResendInvitation
  | CancelInvitation
  | AcceptInvitation
  | DeclineInvitation
  | ExpireInvitations
  | RecordDeliveries
  | AddMember
  | AddMembers
  | AllowReturn
  | UpdateMember
  | UpdatePeople
  | ErasePerson
  | SuspendMember
  | ReactivateMember
  | RemoveMember
  | PreviewDeparture
  | Leave
  | TransferOwnership
  | CreateRole
  | UpdateRole
  | DeleteRole
  | CreateApiKey
  | RevokeApiKey

export type CommandType = Command['type']
export type ValueOf<C extends Command> = CommandValues[C['type']]
