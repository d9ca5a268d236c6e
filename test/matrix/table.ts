import { carryOut, newMember, reseam } from '../support/api-builders.ts'
import { type Cast, defineAttribute } from './cast.ts'
import type { Needed, Permission, Who } from './who.ts'

/** One call of one route, and who may make it. Where a route decides by more than one rule, it has several rows. */
export interface Row {
  readonly method: string
  readonly path: string
  /** What this row is about, where there are several. */
  readonly about: string
  readonly who: Who
  readonly body?: unknown
  readonly query: string
  /** Beyond what the route needs: what a key must hold for this very call, so that it hands out no more than it has. */
  readonly keyAlso: readonly Permission[]
  /** What must be so before someone who may can do it. */
  readonly prepare: (cast: Cast) => Promise<unknown>
}

/** Calls after which the organization or the caller is no longer as the next call needs them. */
export const isFinal = ({ method, path, about }: Row): boolean =>
  (method === 'DELETE' && /:organization$|users\/me$/.test(path)) ||
  /restore$|leave$|ownership-transfer$/.test(path) ||
  about === 'ownership'

/** All that a call consists of, with the parameters in it. */
export const textOf = ({ path, query, body }: Row): string => `${path} ${query} ${JSON.stringify(body ?? null)}`

type More = Partial<Pick<Row, 'about' | 'query' | 'keyAlso' | 'prepare'>> & { readonly body?: unknown }

function row(route: string, who: Who, more: More = {}): Row {
  const [method = '', path = ''] = route.split(' ')
  return { method, path, who, about: '', query: '', keyAlso: [], prepare: async () => undefined, ...more }
}

/** Below `/v1/organizations/:organization`. */
const inside = (route: string, needs: readonly Needed[], more: More = {}): Row =>
  row(route.replace(' ', ' /v1/organizations/:organization'), { needs }, more)

/** To act on a plain member one must have what a plain member has, or it takes `admins:manage`. */
const PLAIN: readonly Permission[] = ['organization:read', 'members:read', 'products:use']
const onPlainMember = { keyAlso: PLAIN }

let aheadMs = 0
/** An invitation is resent at most once a minute. */
const aMinuteLater = ({ team }: Cast) => {
  aheadMs += 61_000
  const ahead = aheadMs
  return reseam(team, { clock: () => Date.now() + ahead })
}
const secondOwner = ({ team }: Cast) => newMember(team, 'owner')
const suspendTarget = ({ team, target }: Cast) => carryOut(team, { type: 'SuspendMember', memberId: target.memberId })

const ORGANIZATION: readonly Row[] = [
  inside('GET ', ['organization:read']),
  inside('PATCH ', ['organization:update'], { about: 'the name', body: { name: 'Renamed' } }),
  inside('PATCH ', ['organization:update'], { about: 'the slug', body: { slug: ':slug' } }),
  inside('PATCH ', ['organization:update'], { about: 'a slug that another one has', body: { slug: 'taken-slug' } }),
  inside('PATCH ', ['organization:update'], { about: 'the upgrade page', body: { upgrade_url: 'https://x.test' } }),
  inside('PATCH ', ['organization:update', 'owners:manage'], { about: 'ownership', body: { ownership: 'single' } }),
  inside('PATCH ', ['organization:update', 'operator'], { about: 'the seat limit', body: { seat_limit: 50 } }),
  inside('PATCH ', ['organization:update', 'operator'], { about: 'no seat limit', body: { seat_limit: null } }),
  inside('PATCH ', ['organization:update', 'operator'], { about: 'the reference', body: { external_id: 'x' } }),
  inside('DELETE ', ['organization:delete']),
  inside('POST /restore', ['operator']),
  inside('POST /rebuild', ['operator']),
  inside('GET /seats', ['organization:read']),
  inside('GET /roster', ['members:read']),
  inside('GET /roster', ['members:read'], { about: 'nearby', query: '?consistency=eventual' }),
]

const MEMBERS: readonly Row[] = [
  inside('GET /members', ['members:read']),
  inside('GET /members', ['members:read'], { about: 'nearby', query: '?consistency=eventual' }),
  inside('POST /members', ['operator'], { body: { email: ':unused@x.test' } }),
  inside('POST /members/bulk', ['operator'], { body: { members: [{ email: ':unused@x.test' }] } }),
  inside('GET /members/:member', ['members:read']),
  inside('PATCH /members/:member', ['members:manage'], {
    about: 'the profile',
    body: { profile: { name: 'Al' } },
    ...onPlainMember,
  }),
  inside('PATCH /members/:member', ['members:manage'], {
    about: 'the role',
    body: { role: ':role' },
    ...onPlainMember,
  }),
  inside('DELETE /members/:member', ['members:manage'], onPlainMember),
  inside('POST /members/:member/suspend', ['members:manage'], onPlainMember),
  inside('POST /members/:member/reactivate', ['members:manage'], { prepare: suspendTarget, ...onPlainMember }),
  inside('GET /members/:member/activity', ['audit_log:read']),
  inside('GET /members/:member/sign-ins', ['audit_log:read']),
  inside('POST /ownership-transfer', ['owners:manage'], { body: { member_id: ':member' } }),
  row('POST /v1/organizations/:organization/leave', { is: 'person' }, { prepare: secondOwner }),
  inside('GET /access', ['members:read'], { query: '?user_id=:user&permission=products:use' }),
  inside('GET /access', ['members:read'], { about: 'nearby', query: '?user_id=:user&consistency=eventual' }),
  inside('POST /access/batch', ['members:read'], {
    body: { checks: [{ user_id: ':user', permission: 'products:use' }] },
  }),
]

const INVITATIONS: readonly Row[] = [
  inside('POST /invitations', ['members:manage'], { body: { email: ':unused@x.test' }, ...onPlainMember }),
  inside('POST /invitations/bulk', ['members:manage'], { body: { emails: [':unused@x.test'] }, ...onPlainMember }),
  inside('POST /invitations/bulk', ['members:manage'], {
    about: 'a try',
    body: { emails: ['a@x.test'], dry_run: true },
  }),
  inside('GET /invitations', ['members:read']),
  inside('GET /invitations', ['members:read'], { about: 'nearby', query: '?consistency=eventual' }),
  inside('GET /invitations/:invitation', ['members:read']),
  inside('POST /invitations/:invitation/resend', ['members:manage'], { prepare: aMinuteLater, ...onPlainMember }),
  inside('POST /invitations/:invitation/cancel', ['members:manage'], onPlainMember),
]

const ROLES_AND_KEYS: readonly Row[] = [
  inside('GET /roles', ['members:read']),
  inside('POST /roles', ['roles:manage'], {
    body: { key: ':unused', name: 'Editor', permissions: ['products:use'] },
    keyAlso: ['members:manage', 'products:use'],
  }),
  inside('GET /roles/:role', ['members:read']),
  inside('PATCH /roles/:role', ['roles:manage'], { about: 'the name', body: { name: 'Visitor' } }),
  inside('PATCH /roles/:role', ['roles:manage'], {
    about: 'the permissions',
    body: { permissions: ['products:use'] },
    keyAlso: ['members:manage', 'members:read', 'products:use'],
  }),
  inside('DELETE /roles/:role', ['roles:manage'], { keyAlso: ['members:manage', 'members:read'] }),
  inside('GET /api-keys', ['api_keys:manage']),
  inside('POST /api-keys', ['api_keys:manage'], {
    body: { name: 'Backend', permissions: ['members:read'] },
    keyAlso: ['members:read'],
  }),
  inside('GET /api-keys/:key', ['api_keys:manage']),
  inside('DELETE /api-keys/:key', ['api_keys:manage']),
]

const EVENTS: readonly Row[] = [
  inside('GET /events', ['audit_log:read']),
  inside('GET /events/verify', ['audit_log:read']),
  inside('GET /events/export', ['audit_log:read']),
  inside('GET /events/export', ['audit_log:read'], { about: 'as CSV', query: '?format=csv' }),
]

const DEPLOYMENT: readonly Row[] = [
  row('GET /health', { is: 'public' }),
  row('GET /openapi.json', { is: 'public' }),
  row('GET /v1/settings', { is: 'deployment' }),
  row('PATCH /v1/settings', { is: 'deployment' }, { body: { max_organizations_per_user: 1000 } }),
  row('GET /v1/events', { is: 'deployment' }),
  row('GET /v1/events/authentication', { is: 'deployment' }),
  row('GET /v1/events/authentication/refusals', { is: 'deployment' }),
  row('POST /v1/rebuild', { is: 'deployment' }, { body: { cursor: 'org_7zzzzzzzzzzzzzzzzzzzzzzzzz' } }),
  row('POST /v1/rebuild/objects', { is: 'deployment' }, { body: { object_ids: ['0'.repeat(64)] } }),
  row('GET /v1/operator-keys', { is: 'deployment' }),
  row('POST /v1/operator-keys', { is: 'deployment' }, { body: { name: 'Billing', access: 'read' } }),
  row('DELETE /v1/operator-keys/:operatorKey', { is: 'deployment' }),
  row('GET /v1/mail-blocks', { is: 'deployment' }),
  row('DELETE /v1/mail-blocks/:block', { is: 'deployment' }),
  row('GET /v1/user-attributes', { is: 'deployment' }),
  row('POST /v1/user-attributes', { is: 'deployment' }, { body: { key: 'team', label: 'Team', type: 'string' } }),
  row(
    'PATCH /v1/user-attributes/:attribute',
    { is: 'deployment' },
    { body: { label: 'Unit' }, prepare: defineAttribute },
  ),
  row('DELETE /v1/user-attributes/:attribute', { is: 'deployment' }, { prepare: defineAttribute }),
  row('POST /v1/users', { is: 'deployment' }, { body: { email: 'new@x.test' } }),
  row('GET /v1/users', { is: 'deployment' }),
  row('GET /v1/users/:user', { is: 'deployment' }),
  row('PATCH /v1/users/:user', { is: 'deployment' }, { body: { name: 'New' } }),
  row('GET /v1/users/:user/identities', { is: 'deployment' }),
  row('GET /v1/users/:user/identities/:identity', { is: 'deployment' }),
  row('DELETE /v1/users/:user/identities/:identity', { is: 'deployment' }),
  row('DELETE /v1/users/:user', { is: 'deployment' }),
  row('POST /v1/organizations', { is: 'creator' }, { body: { name: 'Acme' } }),
  row('POST /v1/organizations', { is: 'deployment' }, { about: 'a seat limit', body: { name: 'A', seat_limit: 5 } }),
  row('POST /v1/organizations', { is: 'deployment' }, { about: 'no limit', body: { name: 'A', seat_limit: null } }),
  row(
    'POST /v1/organizations',
    { is: 'deployment' },
    { about: 'for someone', body: { name: 'A', owner_user_id: ':user' } },
  ),
  row('POST /v1/organizations', { is: 'deployment' }, { about: 'a reference', body: { name: 'A', external_id: 'x' } }),
  row('GET /v1/organizations', { is: 'lister' }),
  row('GET /v1/invitations/:token', { is: 'link' }),
  row('POST /v1/invitations/:token/accept', { is: 'invitee' }),
  row('POST /v1/invitations/:token/decline', { is: 'link' }),
]

const PEOPLE: readonly Row[] = [
  row('POST /v1/sign-in/email', { is: 'public' }, { body: { email: 'ann@x.test' } }),
  row('POST /v1/sign-in/email/verify', { is: 'unproven' }, { body: { email: 'nobody@x.test', code: '123456' } }),
  row('GET /v1/session', { is: 'session' }),
  row('POST /v1/session/organization', { is: 'session' }, { body: { organization_id: null } }),
  row('POST /v1/sign-out', { is: 'session' }),
  row('POST /v1/session/reauthenticate', { is: 'session' }),
  row('POST /v1/session/reauthenticate/verify', { is: 'session' }, { body: { code: '123456' } }),
  row('GET /v1/email-changes/:token', { is: 'former' }),
  row('POST /v1/email-changes/:token/take-back', { is: 'former' }),
  row('GET /v1/users/me/identities', { is: 'self' }),
  row('GET /v1/users/me/identities/:identity', { is: 'holder' }),
  row('DELETE /v1/users/me/identities/:identity', { is: 'holder' }),
  row('GET /v1/users/me', { is: 'self' }),
  row('PATCH /v1/users/me', { is: 'self' }, { body: { name: 'Self' } }),
  row('GET /v1/users/me/organizations', { is: 'self' }),
  row('GET /v1/users/me/invitations', { is: 'self' }),
  row('POST /v1/users/me/invitations/:invitation/accept', { is: 'holder' }),
  row('POST /v1/users/me/invitations/:invitation/decline', { is: 'holder' }),
  row('GET /v1/users/me/sessions', { is: 'self' }),
  row('GET /v1/users/me/sign-ins', { is: 'self' }),
  row('DELETE /v1/users/me/sessions', { is: 'self' }),
  row('DELETE /v1/users/me/sessions', { is: 'self' }, { about: 'all', query: '?including_current=true' }),
  row('DELETE /v1/users/me/sessions/:session', { is: 'holder' }),
  row('POST /v1/users/me/email', { is: 'self' }, { body: { email: 'other@x.test' } }),
  row('POST /v1/users/me/email/verify', { is: 'unproven self' }, { body: { code: '123456' } }),
  row('DELETE /v1/users/me', { is: 'self' }, { about: 'unless a last owner' }),
]

export const ROWS: readonly Row[] = [
  ...ORGANIZATION,
  ...MEMBERS,
  ...INVITATIONS,
  ...ROLES_AND_KEYS,
  ...EVENTS,
  ...DEPLOYMENT,
  ...PEOPLE,
]
