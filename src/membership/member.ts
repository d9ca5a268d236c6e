import type { SystemCaller, SystemProcess } from './actor.ts'
import type { AttributeValues } from './attributes.ts'

export const MEMBER_STATUSES = ['active', 'suspended', 'removed'] as const
export type MemberStatus = (typeof MEMBER_STATUSES)[number]

export const MEMBER_SOURCES = ['created', 'invitation', 'added', 'domain', 'sso', 'scim'] as const
export type MemberSource = (typeof MEMBER_SOURCES)[number]

export const PROFILE_FIELDS = ['name', 'given_name', 'family_name', 'picture'] as const

/** What the organization shows of a person. Keys are those of OpenID Connect Core 1.0, section 5.1. */
export type Profile = { readonly [field in (typeof PROFILE_FIELDS)[number]]?: string | undefined }

/** The key of the ids that the operator gives to members; directories use their own id. */
export const OPERATOR_SOURCE = 'operator'

/** What each source calls the member: the operator, or a directory by its id. Unique per source in the organization. */
export type ExternalIds = { readonly [source: string]: string }

/** Under which source an external id counts: the connection that a process acts for, the process itself, or the operator. */
export const externalIdSource = (process: SystemCaller | undefined): string =>
  process?.connectionId ?? process?.process ?? OPERATOR_SOURCE

/** How a member was removed or suspended, and what came of it since. */
export interface Ending {
  readonly by: 'person' | 'themselves' | SystemProcess
  /** Of a process that acts for a connection. */
  readonly connectionId: string | null
  /** The first arrival that was refused because of it. */
  readonly attempt?: { readonly source: MemberSource; readonly at: number }
  /** An admin has allowed the next arrival, whatever its source. */
  readonly returnAllowed?: true
}

/** `role` is a role's key. A removed person keeps the row, and gets the same id on return. */
export interface Member {
  readonly id: string
  readonly organizationId: string
  readonly userId: string
  readonly email: string
  readonly role: string
  readonly status: MemberStatus
  readonly source: MemberSource
  readonly externalIds: ExternalIds
  /** Null while the member is active. */
  readonly ending: Ending | null
  readonly profile: Profile
  readonly attributes: AttributeValues
  /** The account's own name when this row last took over from it: the organization may show another one. */
  readonly personName: string | null
  /** Of the person's account when this row last took over from it; 0 when it never has. */
  readonly personRevision: number
  readonly joinedAt: number
  readonly lastSignInAt: number | null
  readonly createdAt: number
  readonly updatedAt: number
}

/** Of two sign-ins, either of which may never have been. */
export const latest = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other)

/** Someone who belongs to the organization, whether or not they may act at the moment. */
export const belongs = <M extends Pick<Member, 'status'>>(member: M | null): member is M =>
  member !== null && member.status !== 'removed'
