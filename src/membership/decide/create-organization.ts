import type { Context } from '../authority.ts'
import type { CreateOrganization } from '../commands.ts'
import { type Change, type Decision, decided, event, memberTarget, reject, unchanged } from '../decision.ts'
import type { Member } from '../member.ts'
import { CLAIM_LIFETIME_MS, type Organization } from '../organization.ts'
import { OWNER } from '../roles.ts'
import { seatLimitProblem } from '../seats.ts'

/**
 * The slug was claimed in the directory before; who may create was decided there too. A repeated call finds the
 * organization and answers with it.
 */
export function createOrganization(
  { organization }: { organization: Organization | null },
  command: CreateOrganization,
  { now }: Context,
): Decision<Organization> {
  if (organization !== null) return unchanged(organization)
  if (now - command.claimedAt > CLAIM_LIFETIME_MS) return reject({ code: 'claim_expired' })
  const problem = seatLimitProblem(command.seatLimit)
  if (problem !== null) return reject(problem)

  const created: Organization = {
    id: command.organizationId,
    name: command.name,
    slug: command.slug,
    externalId: command.externalId,
    ownership: command.ownership,
    seatLimit: command.seatLimit,
    upgradeUrl: command.upgradeUrl,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  }
  const born = event(
    'organization.created',
    { type: 'organization', id: created.id },
    { name: created.name, slug: created.slug, ownership: created.ownership, seat_limit: created.seatLimit },
  )
  return decided(created, { kind: 'organization', after: created }, born, ...firstOwner(created, command, now))
}

function firstOwner(organization: Organization, { owner }: CreateOrganization, now: number): Change[] {
  if (owner === null) return []
  const member: Member = {
    id: owner.memberId,
    organizationId: organization.id,
    userId: owner.userId,
    email: owner.email,
    role: OWNER,
    status: 'active',
    source: 'created',
    externalIds: {},
    ending: null,
    profile: owner.name === null ? {} : { name: owner.name },
    attributes: owner.attributes ?? {},
    personName: owner.name,
    personRevision: owner.revision ?? 0,
    joinedAt: now,
    lastSignInAt: owner.lastSignInAt ?? null,
    createdAt: now,
    updatedAt: now,
  }
  return [
    { kind: 'member', before: null, after: member },
    event('member.added', memberTarget(member), { email: member.email, role: OWNER, source: 'created' }),
  ]
}
