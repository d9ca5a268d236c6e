import type { Context } from 'hono'
import type { HttpEnvironment } from './environment.ts'

/*
 * A session that an invitation link alone began reaches the inviting organization and itself. Everything else is refused,
 * routes that are added later included.
 */

const OF_ITSELF = new Set([
  'GET /v1/session',
  'POST /v1/session/reauthenticate',
  'POST /v1/session/reauthenticate/verify',
  'POST /v1/sign-out',
  'GET /v1/users/me',
])

/** Whether the request stays within this organization. */
export function staysWithin({ req: { method, path } }: Context<HttpEnvironment>, organizationId: string): boolean {
  const root = `/v1/organizations/${organizationId}`
  const isOfOrganization = path === root || path.startsWith(`${root}/`)
  return isOfOrganization || isItsInvitation(path, organizationId) || OF_ITSELF.has(`${spoken(method)} ${path}`)
}

/** A link names its organization. Whether it was signed here is checked where it is used. */
const isItsInvitation = (path: string, organizationId: string): boolean =>
  /^\/v1\/invitations\/[a-z0-9]+\.(org_[a-z0-9]+)\.[^/]*\/accept$/.exec(path)?.[1] === organizationId

const spoken = (method: string): string => (method === 'HEAD' ? 'GET' : method)
