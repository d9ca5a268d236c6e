/*
 * Who may do what, copied by hand from rules.md and from the "who" column of api.md. Nothing here comes from the source, so
 * that the two have to agree.
 */

/** rules.md, "Roles and permissions"; and what the custom role of the cast grants. */
export const HOLDERS = {
  'organization:read': ['owner', 'admin', 'member'],
  'members:read': ['owner', 'admin', 'member', 'custom role'],
  'products:use': ['owner', 'admin', 'member'],
  'organization:update': ['owner', 'admin'],
  'members:manage': ['owner', 'admin'],
  'domains:manage': ['owner', 'admin'],
  'sso:manage': ['owner', 'admin'],
  'scim:manage': ['owner', 'admin'],
  'oauth_clients:manage': ['owner', 'admin'],
  'api_keys:manage': ['owner', 'admin'],
  'webhooks:manage': ['owner', 'admin'],
  'audit_log:read': ['owner', 'admin', 'custom role'],
  'admins:manage': ['owner'],
  'roles:manage': ['owner'],
  'billing:manage': ['owner'],
  'owners:manage': ['owner'],
  'organization:delete': ['owner'],
} as const satisfies Readonly<Record<string, readonly Insider[]>>

export type Permission = keyof typeof HOLDERS
export const PERMISSIONS = Object.keys(HOLDERS) as Permission[]

/** What an API key may hold. */
export const KEY_PERMISSIONS = PERMISSIONS.filter(
  (permission) => !['owners:manage', 'organization:delete', 'api_keys:manage'].includes(permission),
)

type Insider = 'owner' | 'admin' | 'member' | 'custom role'

export const permissionsOf = (insider: Insider): Permission[] =>
  PERMISSIONS.filter((permission) => (HOLDERS[permission] as readonly Insider[]).includes(insider))

/** Everybody who might call; the people are those on whose behalf the operator does. */
export const ACTORS = [
  'operator',
  'owner',
  'admin',
  'member',
  'custom role',
  'suspended',
  'removed',
  'stranger',
  'foreign owner',
  'key with the permission',
  'key without the permission',
  'expired key',
  'revoked key',
  'foreign key',
  'garbage',
  'nobody',
] as const
export type Actor = (typeof ACTORS)[number]

export type Needed = Permission | 'operator' | 'user' | 'session'

/**
 * `needs`: all of it, in the organization of the path; what is lacking first is named. `deployment`: the operator alone.
 * `creator`: a person, or the operator. `lister`: whoever may read something of what is listed. `person`: whoever belongs.
 * `self`: any person, of themselves. `holder`: whoever it belongs to, which none of them is. `session`: whoever signed in
 * with Muster, which none of them did. `unproven`: anybody with a code or link, which none of them has.
 * `former`: anybody with the link of a change of address, which none of them has.
 * `invitee`: whoever holds the link and is not signed in as somebody else.
 */
export type Who = { readonly needs: readonly Needed[] } | { readonly is: Rule }
type Rule =
  | 'deployment'
  | 'creator'
  | 'lister'
  | 'person'
  | 'self'
  | 'unproven self'
  | 'holder'
  | 'session'
  | 'former'
  | 'invitee'
  | 'link'
  | 'public'
  | 'unproven'

export type Outcome =
  | { readonly status: 'allowed' }
  | { readonly status: 401; readonly code: 'unauthenticated' }
  | { readonly status: 403; readonly code: 'member_suspended' }
  | { readonly status: 403; readonly code: 'forbidden'; readonly permission: Needed }
  | { readonly status: 404; readonly code: 'not_found' }
  | { readonly status: 409; readonly code: 'email_mismatch' }
  | { readonly status: 410; readonly code: 'sign_in_code_expired' }
  | { readonly status: 410; readonly code: 'email_change_link_expired' }

const ALLOWED: Outcome = { status: 'allowed' }
const UNAUTHENTICATED: Outcome = { status: 401, code: 'unauthenticated' }
const SUSPENDED: Outcome = { status: 403, code: 'member_suspended' }
const UNPROVEN: Outcome = { status: 410, code: 'sign_in_code_expired' }
const NOT_FORMER: Outcome = { status: 410, code: 'email_change_link_expired' }
const NOT_FOUND: Outcome = { status: 404, code: 'not_found' }
const SOMEBODY_ELSE: Outcome = { status: 409, code: 'email_mismatch' }
const forbidden = (permission: Needed): Outcome => ({ status: 403, code: 'forbidden', permission })

/** Where no credential is looked at. */
const OPEN: readonly Rule[] = ['link', 'public']
const KEYS: readonly Actor[] = ['key with the permission', 'key without the permission', 'foreign key']
const UNKNOWN: readonly Actor[] = ['expired key', 'revoked key', 'garbage', 'nobody']
const OUTSIDERS: readonly Actor[] = ['removed', 'stranger', 'foreign owner', 'foreign key']

export function expected(who: Who, actor: Actor): Outcome {
  if ('is' in who && OPEN.includes(who.is)) return ALLOWED
  if ('is' in who && who.is === 'unproven') return UNPROVEN
  if ('is' in who && who.is === 'former') return NOT_FORMER
  if ('is' in who && who.is === 'invitee' && actor === 'nobody') return ALLOWED
  if (UNKNOWN.includes(actor)) return UNAUTHENTICATED
  return 'needs' in who ? inOrganization(who.needs, actor) : elsewhere(who.is, actor)
}

function elsewhere(is: Rule, actor: Actor): Outcome {
  switch (is) {
    case 'deployment':
      return actor === 'operator' ? ALLOWED : forbidden('operator')
    case 'creator':
      return KEYS.includes(actor) ? forbidden('operator') : ALLOWED
    case 'lister':
      return actor === 'key without the permission' ? forbidden('organization:read') : ALLOWED
    case 'person':
      return [...KEYS, ...OUTSIDERS, 'operator'].includes(actor) ? NOT_FOUND : ALLOWED
    case 'self':
      return [...KEYS, 'operator'].includes(actor) ? forbidden('user') : ALLOWED
    case 'unproven self':
      return [...KEYS, 'operator'].includes(actor) ? forbidden('user') : UNPROVEN
    case 'holder':
      return [...KEYS, 'operator'].includes(actor) ? forbidden('user') : NOT_FOUND
    case 'former':
      return NOT_FORMER
    case 'session':
      return forbidden('session')
    case 'unproven':
      return UNPROVEN
    case 'invitee':
      return [...KEYS, 'operator'].includes(actor) ? ALLOWED : SOMEBODY_ELSE
    case 'link':
    case 'public':
      return ALLOWED
  }
}

function inOrganization(needs: readonly Needed[], actor: Actor): Outcome {
  if (actor === 'operator') return ALLOWED
  if (OUTSIDERS.includes(actor)) return NOT_FOUND
  if (actor === 'suspended') return SUSPENDED
  const lacking = needs.find((needed) => !heldBy(actor, needed, needs))
  return lacking === undefined ? ALLOWED : forbidden(lacking)
}

function heldBy(actor: Actor, needed: Needed, needs: readonly Needed[]): boolean {
  if (needed === 'operator' || needed === 'user' || needed === 'session') return false
  if (KEYS.includes(actor) && !KEY_PERMISSIONS.includes(needed)) return false
  if (actor === 'key with the permission') return true
  if (actor === 'key without the permission') return needed !== withheld(needs)
  return (HOLDERS[needed] as readonly Actor[]).includes(actor)
}

/** What the key without the permission has not: the last that is needed, and everything else it has. */
export const withheld = (needs: readonly Needed[]): Needed | undefined => needs.at(-1)
