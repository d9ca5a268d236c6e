import type { ApiKey } from '../../src/membership/api-key.ts'
import type { Invitation } from '../../src/membership/invitation.ts'
import type { MailAllowance } from '../../src/membership/mail.ts'
import type { Member } from '../../src/membership/member.ts'
import type { Organization } from '../../src/membership/organization.ts'
import type { Permission } from '../../src/membership/permissions.ts'
import type { Role } from '../../src/membership/roles.ts'
import { commandsIn, days, idsIn, noon } from './commands.ts'

/** What a test may assume to be so before the command: an organization and whoever belongs to it or is invited. */
export type Fact =
  | { readonly kind: 'organization'; readonly organization: Organization }
  | { readonly kind: 'member'; readonly member: Member }
  | { readonly kind: 'invitation'; readonly invitation: Invitation }
  | { readonly kind: 'role'; readonly role: Role }
  | { readonly kind: 'api_key'; readonly apiKey: ApiKey }
  | { readonly kind: 'mails_asked_for'; readonly allowance: MailAllowance }

export const ids = idsIn('')
export const {
  createOrganization,
  updateOrganization,
  deleteOrganization,
  restoreOrganization,
  inviteMember,
  bulkInvite,
  resendInvitation,
  cancelInvitation,
  acceptInvitation,
  declineInvitation,
  expireInvitations,
  recordDelivery,
  addMember,
  addMembers,
  allowReturn,
  updateMember,
  updatePeople,
  erasePerson,
  suspendMember,
  reactivateMember,
  previewDeparture,
  removeMember,
  leave,
  transferOwnership,
  createRole,
  updateRole,
  deleteRole,
  createApiKey,
  revokeApiKey,
} = commandsIn('')

const lastMonth = noon - days(30)

export const organization = (fields: Partial<Organization> = {}): Fact => ({
  kind: 'organization',
  organization: {
    id: ids.organization,
    name: 'Acme',
    slug: 'acme',
    externalId: null,
    ownership: 'multiple',
    seatLimit: null,
    upgradeUrl: null,
    createdAt: lastMonth,
    updatedAt: lastMonth,
    deletedAt: null,
    ...fields,
  },
})

export function member(name: string, fields: Partial<Member> = {}): Fact {
  const { memberId, userId, email } = ids.person(name)
  const started = { joinedAt: lastMonth, createdAt: lastMonth, updatedAt: lastMonth }
  return {
    kind: 'member',
    member: {
      id: memberId,
      organizationId: ids.organization,
      userId,
      email,
      role: 'member',
      status: 'active',
      source: 'added',
      externalIds: {},
      ending: null,
      profile: {},
      attributes: {},
      personName: null,
      personRevision: 0,
      lastSignInAt: null,
      ...started,
      ...fields,
    },
  }
}

export const owner = (name: string, fields: Partial<Member> = {}): Fact => member(name, { role: 'owner', ...fields })
export const admin = (name: string, fields: Partial<Member> = {}): Fact => member(name, { role: 'admin', ...fields })

/** Pending, sent an hour ago, good for another day. */
export const invitation = (email: string, fields: Partial<Invitation> = {}): Fact => ({
  kind: 'invitation',
  invitation: {
    id: ids.invitation(email),
    organizationId: ids.organization,
    email,
    name: null,
    role: 'member',
    status: 'pending',
    sendCount: 1,
    delivery: 'sent',
    invitedBy: { type: 'operator', id: null },
    makerId: null,
    expiresAt: noon + days(1),
    sentAt: noon - 3_600_000,
    createdAt: noon - 3_600_000,
    acceptedAt: null,
    memberId: null,
    ...fields,
  },
})

export const role = (key: string, permissions: readonly Permission[]): Fact => ({
  kind: 'role',
  role: { key, name: key, description: '', permissions, builtIn: false },
})

export const apiKey = (name: string, permissions: readonly Permission[], fields: Partial<ApiKey> = {}): Fact => ({
  kind: 'api_key',
  apiKey: {
    id: ids.key(name),
    organizationId: ids.organization,
    name,
    permissions,
    secretHash: `hash of ${name}`,
    lastFour: '1234',
    createdBy: { type: 'operator', id: null },
    makerLeft: false,
    createdAt: lastMonth,
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
    ...fields,
  },
})

/** So many invitation mails have been asked for on the day of noon. */
export const mailsAskedFor = (count: number, at = noon): Fact => ({
  kind: 'mails_asked_for',
  allowance: { day: Math.floor(at / days(1)), count },
})
