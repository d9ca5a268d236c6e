import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { moveSession } from '../accounts/session-cache.ts'
import { id } from '../contract/fields.ts'
import { slugHolder } from '../directory/claims.ts'
import type { Organization } from '../membership/organization.ts'
import type { Permission } from '../membership/permissions.ts'
import type { Query } from '../membership/queries.ts'
import type { Rejection } from '../membership/rejection.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { logEntry } from '../onboarding/log-sign-in.ts'
import { organizationClient } from '../organization/client.ts'
import type { AnsweredQuery } from '../organization/requests.ts'
import type { PortalEnvironment } from './environment.ts'
import { isPartial, leadTo } from './lead-to.ts'
import { refusedPage } from './refused-page.tsx'
import { signInPath, wantedPage } from './visitor.ts'

/** The organization whose page is asked for, and what the person is in it, both as of this request. */
export interface Workplace {
  readonly id: string
  readonly name: string
  /** Its pages' address, which all links to them begin with: `/o/acme`. */
  readonly path: string
  readonly organization: Organization
  /** The key of the person's role. */
  readonly role: string
  readonly permissions: ReadonlySet<Permission>
  /** What was asked along with this, and the answer. */
  readonly foreseen: Foreseen | null
  /** For what a page shows. What is done, the organization itself decides. */
  may(permission: Permission): boolean
}

export interface Foreseen {
  readonly query: Query
  readonly answer: AnsweredQuery<Query>
}

const organizationId = id('org')

/** For a page whose question stands in its address: asked by the guard, so that the page takes one round trip. */
export const foresee = (question: (c: Context<PortalEnvironment>) => Query) =>
  createMiddleware<PortalEnvironment>(async (c, next) => {
    c.set('foreseen', question(c))
    return next()
  })

/**
 * Before all pages of one organization. Its object is asked with every request: who was removed a moment ago finds
 * nothing here. An organization that one does not belong to is told from none at all by nothing.
 */
export const inOrganization = createMiddleware<PortalEnvironment>(async (c, next) => {
  const reference = c.req.param('organization') ?? ''
  const id = await idOf(c, reference)
  const reach = c.var.visitor.session.reachOrganizationId
  if (reach !== null && id !== reach) return leadTo(c, signInPath(wantedPage(c)))
  const found = await find(c, id)
  if (!found.ok) return refusedPage(c, found.error)
  const workplace = found.value
  const { organization } = workplace
  const asksForPage = c.req.method === 'GET' && !isPartial(c)
  if (asksForPage && reference !== organization.slug) return c.redirect(currentAddress(c, workplace))
  c.set('workplace', workplace)
  const { session } = c.var.visitor
  if (asksForPage && session.organizationId !== workplace.id) {
    await moveSession(c.env.ACCOUNTS, session, workplace.id, Date.now())
    logEntry(c, session, workplace.id)
  }
  return next()
})

async function find(c: Context<PortalEnvironment>, id: string | null): Promise<Result<Workplace, Rejection>> {
  if (id === null) return refuse({ code: 'not_found', resource: 'organization' })
  const client = organizationClient(c.env.ORGANIZATION, id)
  const caller = { type: 'user', userId: c.var.visitor.user.id } as const
  const query = c.get('foreseen')
  const [organization, access, answer] = await client.readAll(caller, [
    { type: 'GetOrganization' },
    { type: 'GetAccess', userId: null, permission: null },
    ...(query === undefined ? [] : [query]),
  ])
  if (!organization.ok) return organization
  if (!access.ok) return access
  const { role } = access.value
  const permissions = new Set(access.value.permissions)
  const { name, slug } = organization.value
  return ok({
    ...{ id, name, path: `/o/${slug}`, organization: organization.value, role: role ?? '', permissions },
    foreseen: query === undefined || answer === undefined ? null : { query, answer },
    may: (permission) => permissions.has(permission),
  })
}

/** By its slug, as people see it, or by its id, as programs and old links know it. */
async function idOf(c: Context<PortalEnvironment>, reference: string): Promise<string | null> {
  if (organizationId.safeParse(reference).success) return reference
  return (await slugHolder(c.env.ACCOUNTS, reference))?.organizationId ?? null
}

/** The same page under the name that the organization goes by now. */
function currentAddress(c: Context<PortalEnvironment>, { path }: Workplace): string {
  const { pathname, search } = new URL(c.req.url)
  return `${path}${pathname
    .split('/')
    .slice(3)
    .map((part) => `/${part}`)
    .join('')}${search}`
}
