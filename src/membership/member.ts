import type { AttributeValues } from './attributes.ts'

export const MEMBER_STATUSES = ['active', 'suspended', 'removed'] as const
export type MemberStatus = (typeof MEMBER_STATUSES)[number]

export const MEMBER_SOURCES = ['created', 'invitation', 'added', 'domain', 'sso', 'scim'] as const
export type MemberSource = (typeof MEMBER_SOURCES)[number]

export const PROFILE_FIELDS = ['name', 'given_name', 'family_name', 'picture'] as const

/** What the organization shows of a person. Keys are those of OpenID Connect Core 1.0, section 5.1. */
export type Profile = { readonly [field in (typeof PROFILE_FIELDS)[number]]?: string | undefined }

/** `role` is a role's key. A removed person keeps the row, and gets the same id on return. */
export interface Member {
  readonly id: string
  readonly organizationId: string
  readonly userId: string
  readonly email: string
  readonly role: string
  readonly status: MemberStatus
  readonly source: MemberSource
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
export const belongs = (member: Member | null): member is Member => member !== null && member.status !== 'removed'
