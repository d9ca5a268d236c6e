import fc from 'fast-check'
import type { Command } from '../../src/membership/commands.ts'
import type { Permission } from '../../src/membership/permissions.ts'
import { type Act, type By, commandsIn, days, idsIn, keyCaller, minutes, noon } from './commands.ts'
import type { ReferenceModel } from './reference/model.ts'

/*
 * Random histories of one organization. A step is a handful of numbers that become a command only when its turn comes,
 * by what the organization is at that moment: so that most commands mean something, and shrinking keeps them so.
 */

/** Few people, so that they meet; bob2 and cat2 have the addresses of bob and cat under other accounts. */
export const PEOPLE = ['ann', 'bob', 'cat', 'dan', 'bob2', 'cat2'] as const
const EMAILS = ['ann', 'bob', 'cat', 'dan', 'fay'].map((name) => `${name}@x.test`)
const GUESTS = Array.from({ length: 8 }, (_, index) => `guest${index}@x.test`)
const ROLE_KEYS = ['lead', 'aide', 'biller', 'lead', 'aide', 'biller', 'Not A Key', 'admin']
const BASICS: readonly Permission[] = ['organization:read', 'members:read', 'products:use']
const PERMISSIONS: readonly (readonly Permission[])[] = [
  [],
  BASICS,
  [...BASICS, 'members:manage'],
  [...BASICS, 'members:manage', 'admins:manage'],
  [...BASICS, 'members:manage', 'admins:manage', 'roles:manage', 'api_keys:manage'],
  [...BASICS, 'billing:manage'],
  ['members:manage', 'owners:manage'],
  [...BASICS, 'organization:update', 'members:manage', 'roles:manage'],
]
/** Two directories of the organization. */
const DIRECTORIES: readonly By[] = ['dir_one', 'dir_two'].map((connectionId) => ({
  type: 'system',
  process: 'scim',
  connectionId,
}))
const LIMITS = [null, 1, 2, 3, 4, 3, 4, 5, 0]
const LIFETIMES = [days(15), days(15), days(15), days(1), minutes(2), 1]

const WEIGHTS: { readonly [kind in Command['type']]: number } = {
  CreateOrganization: 1,
  UpdateOrganization: 7,
  DeleteOrganization: 1,
  RestoreOrganization: 1,
  InviteMember: 16,
  BulkInvite: 5,
  ResendInvitation: 9,
  CancelInvitation: 4,
  AcceptInvitation: 18,
  DeclineInvitation: 3,
  ExpireInvitations: 3,
  RecordDeliveries: 2,
  AddMember: 8,
  AddMembers: 14,
  AllowReturn: 3,
  UpdateMember: 14,
  UpdatePeople: 10,
  ErasePerson: 3,
  SuspendMember: 6,
  ReactivateMember: 6,
  RemoveMember: 6,
  PreviewDeparture: 4,
  Leave: 5,
  TransferOwnership: 6,
  CreateRole: 7,
  UpdateRole: 6,
  DeleteRole: 5,
  CreateApiKey: 4,
  RevokeApiKey: 2,
}

const NEEDS_AN_INVITATION: ReadonlySet<string> = new Set<Command['type']>([
  'ResendInvitation',
  'CancelInvitation',
  'AcceptInvitation',
  'DeclineInvitation',
  'RecordDeliveries',
])

const kind = fc.oneof(
  ...Object.entries(WEIGHTS).map(([type, weight]) => ({ weight, arbitrary: fc.constant(type as Command['type']) })),
)
/** How the clock moves before the command; the last two are the edges of the next expiry. */
const pause = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 1, 500) },
  { weight: 2, arbitrary: fc.constantFrom(59_999, 60_000, minutes(5)) },
  { weight: 1, arbitrary: fc.constantFrom('just before expiry', 'expiry', days(1)) },
)
const number = fc.nat(9_999)

export const step = fc.record({ kind, pause, actor: number, a: number, b: number, c: number })
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
export const history = (maxLength: number): fc.Arbitrary<Step[]> =>
  fc.array(step, { minLength: 1, maxLength, size: 'max' })

/** How an organization starts out. */
export const beginning = fc.record({
  ownership: fc.constantFrom('multiple', 'single' as const),
  seatLimit: fc.constantFrom(null, 3, 4),
  withOwner: fc.boolean(),
  members: fc.nat(4),
})
export type Beginning = typeof beginning extends fc.Arbitrary<infer T> ? T : never

export function firstActs(organizationId: string, { ownership, seatLimit, withOwner, members }: Beginning): Act[] {
  const { createOrganization, addMember } = commandsIn(organizationId)
  const owner = withOwner ? idsIn(organizationId).person('ann') : null
  const joining = PEOPLE.slice(1, 1 + members)
  const ranks = ['owner', 'admin', 'member']
  return [
    createOrganization({ ownership, seatLimit, owner, claimedAt: noon }),
    ...joining.map((name, index) =>
      addMember(name, { role: pick(ownership === 'single' ? ranks.slice(1) : ranks, index) }),
    ),
  ]
}

/** When the next step takes place. */
export function timeOf({ pause }: Step, model: ReferenceModel, now: number): number {
  if (typeof pause === 'number') return now + pause
  const next = Math.min(...model.open(now).map(({ expiresAt }) => expiresAt))
  if (!Number.isFinite(next)) return now
  return pause === 'expiry' ? next : next - 1
}

const pick = <T>(from: readonly T[], index: number): T => from[index % from.length] as T

/** The command that a step stands for. `count` makes ids of new things unique. */
export function actOf(step: Step, model: ReferenceModel, organizationId: string, now: number, count: number): Act {
  const say = commandsIn(organizationId)
  const { a, b, c } = step
  const keys = [...model.keys.values()].map(({ secretHash }): By => ({ type: 'api_key', secretHash }))
  const belonging = PEOPLE.filter(
    (name) => model.members.get(personOf(name, organizationId).memberId)?.status === 'active',
  )
  const somebody: By[] = ['operator', 'operator', ...belonging, ...belonging, ...belonging, ...keys, ...keys]
  const anybody: By[] = ['system', ...PEOPLE, keyCaller('unknown')]
  const by = step.actor % 8 === 0 ? pick(anybody, c) : pick(somebody, step.actor)
  const circumstances = { by, now }
  const maybeByDirectory = { now, by: c % 3 === 0 ? pick(DIRECTORIES, b) : by }
  const known = PEOPLE.filter((name) => model.members.has(personOf(name, organizationId).memberId))
  const custom = [...model.roles.keys()]
  const who = a % 4 === 0 || known.length === 0 ? pick(PEOPLE, b) : pick(known, a)
  const role = b % 9 === 0 ? 'ghost' : pick(['member', 'owner', 'admin', ...custom, ...custom, ...custom], b)
  const reassignTo = c % 3 === 0 ? null : pick(['member', 'member', 'owner', 'ghost', ...custom], c)
  const roleKey = pick(c % 5 === 0 || model.roles.size === 0 ? ROLE_KEYS : [...model.roles.keys()], a)
  const invitations = [...model.invitations.values()]
  const invitation = invitations.length === 0 ? undefined : pick(invitations, a)
  const invitationId = invitation?.id ?? 'inv_unknown'
  const terms = { defaultLifetimeMs: pick(LIFETIMES, c), mailsPerDay: c % 7 === 0 ? 3 : 2000 }
  const sendNumber = (invitation?.sends ?? 1) + (c % 11 === 0 ? 1 : c % 5 === 0 ? -1 : 0)
  const invitees = PEOPLE.filter((name) => emailOfPerson(name) === invitation?.email)
  const accepting = invitees.length === 0 || b % 6 === 0 ? who : pick(invitees, b)

  const made = [...model.open(now), ...model.keys.values()].map(({ id }) => id)
  const keep = pick([{}, {}, { keep: 'all' }, { keep: made.slice(c % 3, (c % 3) + 1) }] as const, b + c)
  const deleted = model.organization?.deletedAt !== null
  if (deleted && step.actor % 2 === 0) return say.restoreOrganization({ now })
  const early = invitation === undefined && NEEDS_AN_INVITATION.has(step.kind) && c % 8 !== 0
  switch (early ? 'InviteMember' : step.kind) {
    case 'CreateOrganization':
      return say.createOrganization({ now })
    case 'UpdateOrganization': {
      const limit = { seatLimit: pick(LIMITS, b) }
      const mode = { ownership: pick(['single', 'multiple', 'single'] as const, b) }
      return say.updateOrganization({ ...circumstances, ...pick([limit, mode, limit, { name: `Acme ${b % 3}` }], a) })
    }
    case 'DeleteOrganization':
      return say.deleteOrganization(circumstances)
    case 'RestoreOrganization':
      return say.restoreOrganization(circumstances)
    case 'InviteMember': {
      const expiresAt = pick([...Array(7).fill(null), now + minutes(3), now, now + days(91)], c)
      const fields = {
        invitationId: idsIn(organizationId).invitation(`${count}`),
        role,
        expiresAt,
        sendEmail: c % 4 !== 0,
        ...terms,
      }
      return say.inviteMember(pick(EMAILS, a), { ...circumstances, ...fields })
    }
    case 'BulkInvite': {
      const rows = Array.from({ length: 1 + (a % 12) }, (_, index) => ({
        email: pick([...EMAILS, 'no address', ...GUESTS], b + index * (1 + (c % 3))),
        role: pick(['member', 'member', role], index + c),
      }))
      const bulk = say.bulkInvite(rows, {
        ...circumstances,
        ...terms,
        mode: pick(['each', 'all'], b),
        dryRun: c % 5 === 0,
      })
      const named = bulk.command.rows.map((row, index) => ({
        ...row,
        invitationId: idsIn(organizationId).invitation(`${count}.${index}`),
      }))
      return { ...bulk, command: { ...bulk.command, rows: named } }
    }
    case 'ResendInvitation':
      return say.resendInvitation('', { ...circumstances, ...terms, invitationId })
    case 'CancelInvitation':
      return say.cancelInvitation('', { ...circumstances, invitationId })
    case 'AcceptInvitation':
      return say.acceptInvitation(accepting, {
        now,
        invitationId,
        sendNumber,
        person: personOf(accepting, organizationId),
      })
    case 'DeclineInvitation':
      return say.declineInvitation('', { now, invitationId, sendNumber })
    case 'ExpireInvitations':
      return say.expireInvitations({ now, limit: 1 + (a % 3) })
    case 'RecordDeliveries': {
      const delivery = pick(['sent', 'failed'] as const, b)
      return { ...say.recordDelivery('', delivery), command: report(invitationId, sendNumber, delivery), now }
    }
    case 'AddMember': {
      const adding = step.actor % 4 === 0 ? circumstances : { now }
      const invited = PEOPLE.filter((name) => model.openInvitation(emailOfPerson(name), now) !== undefined)
      const joining = pick(c % 3 === 0 && invited.length > 0 ? invited : PEOPLE, a)
      return say.addMember(who, { ...adding, person: personOf(joining, organizationId), role })
    }
    case 'AddMembers': {
      const rows = Array.from({ length: 1 + (a % 8) }, (_, index) => {
        const at = b + index * (1 + (c % 3))
        if (at % 23 === 0) return { unusable: 'invalid_email', email: 'no email', userId: null } as const
        const name = pick(PEOPLE, at)
        const externalId = pick([undefined, undefined, 'x1', 'x2', undefined, 'x3', 'x4'], at + c)
        return {
          who: name,
          person: personOf(name, organizationId),
          role: pick(['member', 'member', role], index + c),
          active: (at + c) % 5 !== 0,
          ...(externalId === undefined ? {} : { externalId }),
        }
      })
      const [source, arriving] = pick(
        [
          ['added', step.actor % 8 === 0 ? by : 'operator'],
          ['domain', { type: 'system', process: 'domain' }],
          ['sso', { type: 'system', process: 'sso', connectionId: 'con_one' }],
          ['scim', pick(DIRECTORIES, a)],
          ['scim', pick(DIRECTORIES, b)],
          ['added', 'operator'],
        ] as const,
        step.actor,
      )
      const mode = c % 7 === 0 ? 'all' : 'each'
      return say.addMembers(rows, { now, by: arriving, source, mode, dryRun: b % 9 === 0 })
    }
    case 'AllowReturn':
      return say.allowReturn(who, circumstances)
    case 'UpdateMember':
      return say.updateMember(who, {
        ...circumstances,
        ...(c % 7 === 0 ? {} : { role }),
        profile: { name: `N${c % 3}` },
        ...keep,
      })
    case 'UpdatePeople': {
      const changed = new Set(
        [0, 1, 2].slice(c % 3).map((index) => pick(known.length === 0 ? PEOPLE : known, a + index)),
      )
      const people = [...changed].map((who, index) => ({
        who,
        email: pick(EMAILS, b + index),
        name: pick([null, 'P1', 'P2'], c + index),
        attributes: pick([{}, { plan: 'pro' }, { plan: 'free', floor: 2 }], b + c),
        lastSignInAt: pick([null, now, now - minutes(5)], a),
        revision: Math.floor(count / 6) + (b % 4),
      }))
      return say.updatePeople(people, step.actor % 8 === 0 ? circumstances : { now })
    }
    case 'ErasePerson': {
      const email = [...model.members.values()].find(
        ({ userId }) => userId === personOf(who, organizationId).userId,
      )?.email
      const erasing = step.actor % 8 === 0 ? circumstances : { now }
      return say.erasePerson(who, { ...erasing, email: email ?? emailOfPerson(who) })
    }
    case 'SuspendMember':
      return say.suspendMember(who, maybeByDirectory)
    case 'ReactivateMember':
      return say.reactivateMember(who, maybeByDirectory)
    case 'RemoveMember':
      return say.removeMember(who, { ...maybeByDirectory, ...keep })
    case 'PreviewDeparture':
      return say.previewDeparture(who, { ...circumstances, ...keep, ...(b % 2 === 0 ? {} : { role }) })
    case 'Leave':
      return say.leave(who, { now })
    case 'TransferOwnership':
      return say.transferOwnership(who, circumstances)
    case 'CreateRole':
      return say.createRole(pick(ROLE_KEYS, a), pick(PERMISSIONS, b), circumstances)
    case 'UpdateRole':
      return say.updateRole(roleKey, { ...circumstances, permissions: pick(PERMISSIONS, b) })
    case 'DeleteRole': {
      return say.deleteRole(roleKey, { ...circumstances, reassignTo })
    }
    case 'CreateApiKey': {
      const expiresAt = pick([null, null, now + days(1), now], c)
      return say.createApiKey(`k${count}`, pick(PERMISSIONS, b), { ...circumstances, expiresAt })
    }
    case 'RevokeApiKey': {
      const keyIds = [...model.keys.values()].map(({ id }) => id)
      const command = { type: 'RevokeApiKey', keyId: pick([...keyIds, 'key_unknown'], a) } as const
      return { ...say.revokeApiKey('', circumstances), command }
    }
  }
}

const emailOfPerson = (name: string): string => `${name.replace('2', '')}@x.test`
const personOf = (name: string, organizationId: string) => ({
  ...idsIn(organizationId).person(name),
  email: emailOfPerson(name),
})
const report = (invitationId: string, sendNumber: number, delivery: 'sent' | 'failed') => ({
  type: 'RecordDeliveries' as const,
  deliveries: [{ invitationId, sendNumber, delivery }],
})
