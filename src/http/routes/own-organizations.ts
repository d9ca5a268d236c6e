import { Hono } from 'hono'
import { ListMemberships } from '../../contract/own-organizations.ts'
import { directoriesOf } from '../../directory/directories.ts'
import { listOwnOrganizations } from '../../directory/own-organizations.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/own-organizations.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { query } from '../validation.ts'

/** Below `/v1/users/me`, which says who the person is. */
export const ownOrganizations = new Hono<HttpEnvironment>()

ownOrganizations.get('/', describe(operation.listMemberships), query(ListMemberships), async (c) => {
  const { limit, cursor = null, query: search = null } = c.req.valid('query')
  const { id: userId, lastOrganizationId } = c.var.person
  const listed = await listOwnOrganizations(directoriesOf(c.env), { userId, search, page: { limit, cursor } })
  if (!listed.ok) return problem(c, listed.error)
  return c.json(present.list(listed.value, present.membership(lastOrganizationId)))
})
