import { type Context, Hono } from 'hono'
import { findLinked, listIdentities } from '../../accounts/identities.ts'
import { getUser } from '../../accounts/users.ts'
import { ListIdentities } from '../../contract/identities.ts'
import { type Actor, actorOf } from '../../membership/actor.ts'
import { unlinkIdentity } from '../../onboarding/end-access.ts'
import { operatorOf } from '../authentication.ts'
import type { HttpEnvironment } from '../environment.ts'
import { type Description, describe } from '../openapi/description.ts'
import * as own from '../openapi/operations/account.ts'
import * as operators from '../openapi/operations/deployment.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { noBody, query } from '../validation.ts'

/** Below `/v1/users/me`: the person's own. */
export const ownIdentities = identitiesOf((c) => c.var.person.id, {
  list: own.listIdentities,
  get: own.getIdentity,
  actor: (c) => actorOf(c.var.personCaller),
  unlink: own.unlinkIdentity,
})

/** Below `/v1/users/{user}`, for the operator. */
export const userIdentities = identitiesOf(
  async (c) => (await getUser(c.env.ACCOUNTS, c.req.param('user') ?? ''))?.id ?? null,
  {
    list: operators.listUserIdentities,
    get: operators.getUserIdentity,
    actor: operatorOf,
    unlink: operators.unlinkUserIdentity,
  },
)

type Whose = (c: Context<HttpEnvironment>) => string | null | Promise<string | null>

interface Operation extends Readonly<Record<'list' | 'get' | 'unlink', Description>> {
  actor(c: Context<HttpEnvironment>): Actor
}

function identitiesOf(whose: Whose, operation: Operation) {
  const routes = new Hono<HttpEnvironment>()

  routes.get('/', describe(operation.list), query(ListIdentities), async (c) => {
    const userId = await whose(c)
    if (userId === null) return problem(c, { code: 'user_not_found' })
    const { limit, cursor = null } = c.req.valid('query')
    const listed = await listIdentities(c.env.ACCOUNTS, userId, { limit, cursor })
    return listed.ok ? c.json(present.list(listed.value, present.identity)) : problem(c, listed.error)
  })

  routes.get('/:identity', describe(operation.get), async (c) => {
    const userId = await whose(c)
    const found = userId === null ? null : await findLinked(c.env.ACCOUNTS, userId, c.req.param('identity'))
    return found === null ? problem(c, { code: 'identity_not_found' }) : c.json(present.identity(found))
  })

  routes.delete('/:identity', describe(operation.unlink), noBody, async (c) => {
    const userId = await whose(c)
    const id = c.req.param('identity')
    const actor = operation.actor(c)
    const unlinked = userId !== null && (await unlinkIdentity(c, { userId, id }, actor))
    return unlinked ? c.body(null, 204) : problem(c, { code: 'identity_not_found' })
  })

  return routes
}
