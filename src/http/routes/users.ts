import { Hono } from 'hono'
import { typeidUnboxed } from 'typeid-js'
import { attributeDefinitions, readDefinitions } from '../../accounts/attributes.ts'
import { createUser, getUser, listUsers } from '../../accounts/users.ts'
import { CreateUser, ListUsers, UpdateUser } from '../../contract/users.ts'
import { checkedAttributes } from '../../membership/attributes.ts'
import { ok, refuse } from '../../membership/result.ts'
import { deleteAccount } from '../../onboarding/delete-account.ts'
import { operatorOf, operatorOnly } from '../authentication.ts'
import { answerCreation } from '../creation.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/deployment.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { changeUser } from '../user-change.ts'
import { body, noBody, query } from '../validation.ts'
import { userIdentities } from './identities.ts'

export const users = new Hono<HttpEnvironment>()

users.use(operatorOnly)
users.route('/:user/identities', userIdentities)

users.post('/', describe(operation.createUser), body(CreateUser), (c) => {
  const { email, name, email_verified: emailVerified, attributes: named } = c.req.valid('json')
  return answerCreation(c, typeidUnboxed('usr'), async (id) => {
    const definitions = await readDefinitions(c.env.ACCOUNTS)
    const checked = checkedAttributes(definitions, named, { by: 'operator' })
    if (!checked.ok) return checked
    const person = { id, email, name, emailVerified, attributes: checked.value }
    const user = await createUser(c.env.ACCOUNTS, person, operatorOf(c))
    return user === null ? refuse({ code: 'email_taken' }) : ok(present.user(definitions)(user))
  })
})

users.get('/', describe(operation.listUsers), query(ListUsers), async (c) => {
  const { limit, cursor = null, email = null, query: search = null } = c.req.valid('query')
  const listed = await listUsers(c.env.ACCOUNTS, { email, search, page: { limit, cursor } })
  if (!listed.ok) return problem(c, listed.error)
  return c.json(present.list(listed.value, present.user(await attributeDefinitions(c.env.ACCOUNTS))))
})

users.get('/:user', describe(operation.getUser), async (c) => {
  const user = await getUser(c.env.ACCOUNTS, c.req.param('user'))
  if (user === null) return problem(c, { code: 'user_not_found' })
  return c.json(present.user(await attributeDefinitions(c.env.ACCOUNTS))(user))
})

users.patch('/:user', describe(operation.updateUser), body(UpdateUser), (c) => {
  const { email_verified: emailVerified, ...changes } = c.req.valid('json')
  return changeUser(c, c.req.param('user'), { ...changes, emailVerified }, operatorOf(c))
})

users.delete('/:user', describe(operation.deleteUser), noBody, async (c) => {
  const user = await getUser(c.env.ACCOUNTS, c.req.param('user'))
  if (user === null) return problem(c, { code: 'user_not_found' })
  const deleted = await deleteAccount(c.env, user, operatorOf(c), Date.now())
  return deleted.ok ? c.body(null, 204) : problem(c, deleted.error)
})
