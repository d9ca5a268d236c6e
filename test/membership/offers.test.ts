import { describe, expect, test } from 'vitest'
import { ALWAYS_FRESH } from '../../src/membership/actor.ts'
import type { Context } from '../../src/membership/authority.ts'
import type { InviteMember } from '../../src/membership/commands.ts'
import { inviteMember } from '../../src/membership/decide/invite-member.ts'
import { reactivateMember } from '../../src/membership/decide/reactivate-member.ts'
import { removeMember } from '../../src/membership/decide/remove-member.ts'
import { resendInvitation } from '../../src/membership/decide/resend-invitation.ts'
import { suspendMember } from '../../src/membership/decide/suspend-member.ts'
import { transferOwnership } from '../../src/membership/decide/transfer-ownership.ts'
import { updateMember } from '../../src/membership/decide/update-member.ts'
import type { Decision } from '../../src/membership/decision.ts'
import { memberOffers, type Outlook, obstacleToManage, rolesToGive } from '../../src/membership/offers.ts'
import type { Permission } from '../../src/membership/permissions.ts'
import { BUILT_IN_ROLES, builtInRole, MEMBER, type Role } from '../../src/membership/roles.ts'
import { seats } from '../../src/membership/seats.ts'
import { noon } from '../support/commands.ts'
import * as fact from '../support/facts.ts'

/* What is offered is what the commands would do: held against them in every constellation of roles, owners and seats. */

const custom = (key: string, permissions: readonly Permission[]): Role => ({
  ...{ key, name: key, description: '', permissions, builtIn: false },
})

const ROLES: readonly Role[] = [
  ...BUILT_IN_ROLES,
  custom('reader', ['members:read']),
  custom('recruiter', ['members:read', 'members:manage']),
  custom('chief', ['members:read', 'members:manage', 'admins:manage']),
  custom('auditor', ['members:read', 'audit_log:read']),
]

const memberFact = (name: string, fields: object) => {
  const made = fact.member(name, fields)
  if (made.kind !== 'member') throw new Error('a member was asked for')
  return made.member
}
const organizationFact = (fields: object) => {
  const made = fact.organization(fields)
  if (made.kind !== 'organization') throw new Error('an organization was asked for')
  return made.organization
}
const invitationFact = (fields: object) => {
  const made = fact.invitation('eve@x.test', fields)
  if (made.kind !== 'invitation') throw new Error('an invitation was asked for')
  return made.invitation
}

const refusal = <T>(decision: Decision<T>): string | null => (decision.ok ? null : decision.error.code)

const SITUATIONS = ROLES.flatMap((actorRole) =>
  (['multiple', 'single'] as const).flatMap((ownership) =>
    [1, 2].flatMap((activeOwners) => [null, 4].map((seatLimit) => ({ actorRole, ownership, activeOwners, seatLimit }))),
  ),
)

describe.each(SITUATIONS)('$actorRole.key, $ownership, $activeOwners owners, limit $seatLimit', (situation) => {
  const { actorRole, ownership, activeOwners, seatLimit } = situation
  const organization = organizationFact({ ownership, seatLimit })
  const tally = { activeMembers: 4, activeOwners, pendingInvitations: 0 }
  const permissions = new Set(actorRole.permissions)
  const outlook: Outlook = { organization, roles: ROLES, seats: seats(organization, tally), activeOwners, permissions }
  const acting = memberFact('ann', { role: actorRole.key })
  const context: Context = {
    authority: {
      actor: { type: 'user', id: acting.userId },
      permissions,
      member: acting,
      maker: acting.userId,
      freshUntil: ALWAYS_FRESH,
    },
    now: noon,
  }
  const mailAllowance = { day: 0, count: 0 }
  const none = () => []
  const lists = { roles: none, makers: none, invitations: none, apiKeys: none, owners: none }
  const departing = () => ({ ...lists, organization, member: () => null })

  test('with members in every role', () => {
    for (const role of ROLES) expectMemberOffers(role)
  })

  function expectMemberOffers(role: Role): void {
    for (const status of ['active', 'suspended'] as const) {
      const member = memberFact('bob', { role: role.key, status })
      const facts = { organization, tally, member, role, departing }
      const offers = memberOffers(member, outlook)
      expect(offers.changeRole?.code ?? null, role.key).toBe(refusal(removeMember(facts, {}, context)))
      if (status === 'active')
        expect(offers.changeRole?.code ?? null, role.key).toBe(refusal(suspendMember(facts, context)))
      if (status === 'suspended')
        expect(offers.reactivate?.code ?? null, role.key).toBe(refusal(reactivateMember(facts, context)))
      const transfer = { organization, member, outgoing: acting, departing }
      expect(offers.transferOwnership?.code ?? null, role.key).toBe(refusal(transferOwnership(transfer, context)))

      const given = rolesToGive(outlook, 'member').map(({ key }) => key)
      for (const newRole of ROLES.filter(({ key }) => key !== role.key)) {
        const command = { type: 'UpdateMember', memberId: member.id, role: newRole.key } as const
        const offered = offers.changeRole === null && given.includes(newRole.key)
        expect(updateMember({ ...facts, newRole }, command, context).ok, newRole.key).toBe(offered)
      }
    }
  }

  test('with invitations into every role', () => {
    for (const role of ROLES) expectInvitationOffers(role)
  })

  function expectInvitationOffers(role: Role): void {
    const terms = { defaultLifetimeMs: 1000, mailsPerDay: 10 }
    const facts = {
      organization: { ...organization, seatLimit: null },
      tally,
      role,
      member: null,
      mailAllowance,
      lastMailAt: null,
    }
    const invite: InviteMember = {
      type: 'InviteMember',
      ...{ invitationId: 'inv_1', email: 'eve@x.test', name: null, role: role.key },
      ...{ expiresAt: null, sendEmail: true, ...terms },
    }
    const offered = rolesToGive(outlook, 'invitee').some(({ key }) => key === role.key)
    expect(inviteMember({ ...facts, invitation: null }, invite, context).ok, role.key).toBe(offered)

    const invitation = invitationFact({ role: role.key })
    const again = { type: 'ResendInvitation', invitationId: invitation.id, ...terms } as const
    const resent = resendInvitation(
      { ...facts, invitation, pending: invitation, maker: { member: null, role: null } },
      again,
      context,
    )
    const outranked = obstacleToManage(role.key, outlook)
    if (outranked !== null) expect(refusal(resent), role.key).toBe(outranked.code)
    if (resent.ok) expect(outranked, role.key).toBeNull()
  }
})

test('whoever holds a role that is no more is managed like a plain member', () => {
  const organization = organizationFact({})
  const tally = { activeMembers: 1, activeOwners: 1, pendingInvitations: 0 }
  const permissions = new Set<Permission>([...(builtInRole(MEMBER)?.permissions ?? []), 'members:manage'])
  const outlook = { organization, roles: ROLES, seats: seats(organization, tally), activeOwners: 1, permissions }
  expect(obstacleToManage('gone', outlook)).toBeNull()
})
