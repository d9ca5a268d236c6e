import type { World } from './api-world.ts'

/**
 * Every route of the application. The shared security cases are generated from this table, and a test fails when a route
 * is missing in it: whoever adds a route says here who may use it and what it takes.
 */
export interface RouteCase {
  /** Whose credential it takes: nobody's, a link's, a person's, or that of a caller to the deployment or to one organization. */
  readonly realm: 'public' | 'link' | 'person' | 'session' | 'deployment' | 'organization'
  /** The permission that a plain member lacks; `operator` where nobody else may. Absent: a plain member may. */
  readonly permission?: string
  /** A body with every field that it takes. Absent: it takes none. */
  readonly body?: (world: World) => Readonly<Record<string, unknown>>
  /** The query parameters that it knows. Absent: it does not look at the query string. */
  readonly query?: readonly string[]
  /** Someone suspended may do this too. */
  readonly evenSuspended?: true
  /** The operator may do this to a deleted organization. */
  readonly evenDeleted?: true
}

const PAGE = ['limit', 'cursor']
const EVENTS = [...PAGE, 'type', 'actor', 'target', 'after_seq', 'from', 'to']
const LIST = [...PAGE, 'query', 'sort', 'status', 'consistency']
const PROFILE = { name: 'Al Fir', given_name: 'Al', family_name: 'Fir', picture: 'https://x.test/a.png' }
const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString()

const DEPLOYMENT: Readonly<Record<string, RouteCase>> = {
  'GET /health': { realm: 'public' },
  'GET /openapi.json': { realm: 'public' },
  'POST /v1/sign-in/email': { realm: 'public', body: () => ({ email: 'ann@x.test' }) },
  'POST /v1/sign-in/email/verify': { realm: 'public', body: () => ({ email: 'ann@x.test', code: '123456' }) },
  'GET /v1/session': { realm: 'session' },
  'POST /v1/session/organization': { realm: 'session', body: () => ({ organization_id: null }) },
  'POST /v1/session/reauthenticate': { realm: 'session' },
  'POST /v1/session/reauthenticate/verify': { realm: 'session', body: () => ({ code: '123456' }) },
  'POST /v1/sign-out': { realm: 'session' },
  'GET /v1/email-changes/:token': { realm: 'public' },
  'POST /v1/email-changes/:token/take-back': { realm: 'public' },
  'GET /v1/settings': { realm: 'deployment', permission: 'operator' },
  'PATCH /v1/settings': {
    realm: 'deployment',
    permission: 'operator',
    body: () => ({
      sign_up_enabled: true,
      max_organizations_per_user: 10,
      invitation_expiry_days: 15,
      organization_label: { singular: 'Team', plural: 'Teams' },
      default_seat_limit: 5,
      initiate_login_uri: 'https://product.test/login',
      invitation_mails_per_day: 2000,
      security_mails: true,
      fresh_proof_minutes: 10,
      invitation_mail_interval_seconds: 60,
      invitation_mails_per_recipient_per_day: 5,
      invitation_mails_per_inviter_per_day: 500,
      new_organization_mails_per_day: 200,
      new_organization_days: 7,
      reserved_slugs: ['shop'],
    }),
  },
  'GET /v1/events': { realm: 'deployment', permission: 'operator', query: EVENTS },
  'GET /v1/events/authentication': {
    realm: 'deployment',
    permission: 'operator',
    query: [...PAGE, 'user', 'type', 'from', 'to'],
  },
  'GET /v1/events/authentication/refusals': {
    realm: 'deployment',
    permission: 'operator',
    query: [...PAGE, 'reason', 'network', 'from', 'to'],
  },
  'POST /v1/rebuild': { realm: 'deployment', permission: 'operator', body: () => ({ cursor: null }) },
  'POST /v1/rebuild/objects': {
    realm: 'deployment',
    permission: 'operator',
    body: () => ({ object_ids: ['0'.repeat(64)] }),
  },
  'POST /v1/users': {
    realm: 'deployment',
    permission: 'operator',
    body: () => ({ email: 'new@x.test', name: 'New', email_verified: true, attributes: { unit: 'Sales' } }),
  },
  'GET /v1/users': { realm: 'deployment', permission: 'operator', query: [...PAGE, 'email', 'query'] },
  'GET /v1/users/:user': { realm: 'deployment', permission: 'operator' },
  'PATCH /v1/users/:user': {
    realm: 'deployment',
    permission: 'operator',
    body: () => ({ email: 'moved@x.test', name: 'New', email_verified: true, attributes: { unit: 'Sales' } }),
  },
  'GET /v1/operator-keys': { realm: 'deployment', permission: 'operator' },
  'POST /v1/operator-keys': {
    realm: 'deployment',
    permission: 'operator',
    body: () => ({ name: `Key ${crypto.randomUUID()}`, access: 'read', expires_at: tomorrow() }),
  },
  'DELETE /v1/operator-keys/:operatorKey': { realm: 'deployment', permission: 'operator' },
  'GET /v1/user-attributes': { realm: 'deployment', permission: 'operator' },
  'POST /v1/user-attributes': {
    realm: 'deployment',
    permission: 'operator',
    body: () => ({
      key: 'department',
      label: 'Department',
      type: 'enum',
      options: ['Sales', 'Support'],
      required: true,
      user_editable: true,
    }),
  },
  'PATCH /v1/user-attributes/:attribute': {
    realm: 'deployment',
    permission: 'operator',
    body: () => ({ label: 'Unit', options: ['Sales', 'Support'], required: false, user_editable: false }),
  },
  'GET /v1/mail-blocks': { realm: 'deployment', permission: 'operator', query: PAGE },
  'DELETE /v1/mail-blocks/:block': { realm: 'deployment', permission: 'operator' },
  'DELETE /v1/user-attributes/:attribute': { realm: 'deployment', permission: 'operator' },
  'GET /v1/users/:user/identities': { realm: 'deployment', permission: 'operator', query: PAGE },
  'GET /v1/users/:user/identities/:identity': { realm: 'deployment', permission: 'operator' },
  'DELETE /v1/users/:user/identities/:identity': { realm: 'deployment', permission: 'operator' },
  'DELETE /v1/users/:user': { realm: 'deployment', permission: 'operator' },
  'POST /v1/organizations': {
    realm: 'deployment',
    body: () => ({
      name: 'Acme',
      slug: 'acme-two',
      external_id: 'x-1',
      ownership: 'multiple',
      upgrade_url: 'https://product.test/upgrade',
      seat_limit: 5,
      owner_user_id: 'usr_01h455vb4pex5vsknk084sn02q',
      location_hint: 'weur',
    }),
  },
  'GET /v1/organizations': { realm: 'deployment', query: [...PAGE, 'query', 'external_id'] },
}

/** Below `/v1/organizations/:organization`. */
const ORGANIZATION: Readonly<Record<string, Omit<RouteCase, 'realm'>>> = {
  'GET ': {},
  'PATCH ': {
    permission: 'organization:update',
    body: () => ({
      name: 'Acme',
      slug: 'acme-three',
      external_id: 'x-1',
      ownership: 'multiple',
      upgrade_url: 'https://product.test/upgrade',
      seat_limit: 5,
    }),
  },
  'DELETE ': { permission: 'organization:delete' },
  'POST /restore': { permission: 'operator', evenDeleted: true },
  'POST /rebuild': { permission: 'operator', evenDeleted: true },
  'GET /seats': {},
  'GET /roster': { query: [...LIST, 'role', 'attribute'] },

  'GET /members': { query: [...LIST, 'role', 'attribute', 'external_id'] },
  'POST /members': {
    permission: 'operator',
    body: () => ({ email: 'added@x.test', role: 'member', profile: PROFILE, external_id: 'e-1', active: true }),
  },
  'POST /members/bulk': {
    permission: 'operator',
    body: () => ({
      members: [{ email: 'many@x.test', role: 'member', profile: PROFILE, external_id: 'e-2', active: true }],
      role: 'member',
      mode: 'each',
      dry_run: true,
    }),
  },
  'GET /members/:member': {},
  'PATCH /members/:member': {
    permission: 'members:manage',
    query: ['dry_run', 'keep'],
    body: () => ({ role: 'member', profile: PROFILE }),
  },
  'DELETE /members/:member': { permission: 'members:manage', query: ['dry_run', 'keep'] },
  'POST /members/:member/suspend': { permission: 'members:manage' },
  'POST /members/:member/reactivate': { permission: 'members:manage' },
  'GET /members/:member/activity': { permission: 'audit_log:read', query: PAGE },
  'GET /members/:member/sign-ins': { permission: 'audit_log:read', query: PAGE },
  'POST /ownership-transfer': {
    permission: 'owners:manage',
    body: ({ admin }) => ({ member_id: admin.memberId }),
  },
  'POST /leave': { evenSuspended: true },

  'GET /access': { query: ['permission', 'user_id', 'consistency'], evenSuspended: true },
  'POST /access/batch': {
    body: ({ admin }) => ({ checks: [{ user_id: admin.id, permission: 'products:use' }] }),
  },

  'POST /invitations': {
    permission: 'members:manage',
    body: () => ({ email: 'invited@x.test', role: 'member', name: 'Ida', expires_at: tomorrow(), send_email: false }),
  },
  'POST /invitations/bulk': {
    permission: 'members:manage',
    body: () => ({ emails: ['bulk@x.test'], role: 'member', mode: 'each', dry_run: true }),
  },
  'GET /invitations': { query: LIST },
  'GET /invitations/:invitation': {},
  'POST /invitations/:invitation/resend': { permission: 'members:manage' },
  'POST /invitations/:invitation/cancel': { permission: 'members:manage' },

  'GET /roles': {},
  'POST /roles': {
    permission: 'roles:manage',
    body: () => ({ key: 'editor', name: 'Editor', description: 'Edits.', permissions: ['products:use'] }),
  },
  'GET /roles/:role': {},
  'PATCH /roles/:role': {
    permission: 'roles:manage',
    body: () => ({ name: 'Editor', description: 'Edits.', permissions: ['products:use'] }),
  },
  'DELETE /roles/:role': { permission: 'roles:manage', query: ['reassign_to'] },

  'GET /api-keys': { permission: 'api_keys:manage' },
  'POST /api-keys': {
    permission: 'api_keys:manage',
    body: () => ({ name: 'Backend', permissions: ['members:read'], expires_at: tomorrow() }),
  },
  'GET /api-keys/:key': { permission: 'api_keys:manage' },
  'DELETE /api-keys/:key': { permission: 'api_keys:manage' },

  'GET /events': { permission: 'audit_log:read', query: EVENTS },
  'GET /events/verify': { permission: 'audit_log:read' },
  'GET /events/export': { permission: 'audit_log:read', query: ['format'] },
}

const LINKS: Readonly<Record<string, RouteCase>> = {
  'GET /v1/invitations/:token': { realm: 'link' },
  'POST /v1/invitations/:token/accept': { realm: 'link', body: () => ({ name: 'Ida', attributes: {} }) },
  'POST /v1/invitations/:token/decline': { realm: 'link' },
}

/** Of whoever calls. */
const PERSON: Readonly<Record<string, Omit<RouteCase, 'realm'>>> = {
  'GET /v1/users/me': {},
  'PATCH /v1/users/me': { body: () => ({ name: 'New', attributes: { unit: 'Sales' } }) },
  'GET /v1/users/me/organizations': { query: [...PAGE, 'query'] },
  'GET /v1/users/me/invitations': { query: PAGE },
  'POST /v1/users/me/invitations/:invitation/accept': { body: () => ({ name: 'Ida', attributes: {} }) },
  'POST /v1/users/me/invitations/:invitation/decline': {},
  'GET /v1/users/me/sessions': { query: PAGE },
  'GET /v1/users/me/sign-ins': { query: PAGE },
  'DELETE /v1/users/me/sessions': { query: ['including_current'] },
  'DELETE /v1/users/me/sessions/:session': {},
  'GET /v1/users/me/identities': { query: PAGE },
  'GET /v1/users/me/identities/:identity': {},
  'DELETE /v1/users/me/identities/:identity': {},
  'POST /v1/users/me/email': { body: () => ({ email: 'other@x.test' }) },
  'POST /v1/users/me/email/verify': { body: () => ({ code: '123456' }) },
  'DELETE /v1/users/me': {},
}

export interface Route extends RouteCase {
  readonly name: string
  readonly method: string
  readonly path: string
}

const ofOrganization = Object.entries(ORGANIZATION).map(([name, route]): [string, RouteCase] => [
  name.replace(' ', ' /v1/organizations/:organization'),
  { realm: 'organization', ...route },
])

const ofPerson = Object.entries(PERSON).map(([name, route]): [string, RouteCase] => [
  name,
  { realm: 'person', ...route },
])

const ALL: readonly Route[] = [
  ...Object.entries(DEPLOYMENT),
  ...ofOrganization,
  ...Object.entries(LINKS),
  ...ofPerson,
].map(([name, route]) => {
  const [method = '', path = ''] = name.split(' ')
  return { ...route, name, method, path }
})

/** The routes that a case is about; none would mean that the case tests nothing. */
export function routes(isMeant: (route: Route) => boolean = () => true): readonly Route[] {
  const meant = ALL.filter(isMeant)
  if (meant.length === 0) throw new Error('This case is about no route at all')
  return meant
}

/** The paths of all values in a body that are no objects. */
export function leaves(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`))
}

type Json = Readonly<Record<string, unknown>>

export const valueAt = (body: Json, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Json)[key], body)

/** The body with another value at the path. */
export function withValue(body: Json, path: string, value: unknown): Json {
  const [key = '', ...rest] = path.split('.')
  return { ...body, [key]: rest.length === 0 ? value : withValue((body[key] ?? {}) as Json, rest.join('.'), value) }
}
