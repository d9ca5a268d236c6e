import { Hono } from 'hono'
import { typeid } from 'typeid-js'
import { createUser, getUser, listUsers, updateUser } from '../../accounts/users.ts'
import { CreateUser, ListUsers, UpdateUser } from '../../contract/users.ts'
import { ok, refuse } from '../../membership/result.ts'
import { operatorOnly } from '../authentication.ts'
import { answerCreation } from '../creation.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/deployment.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { body, query } from '../validation.ts'

export const users = new Hono<HttpEnvironment>()

users.use(operatorOnly)

users.post('/', describe(operation.createUser), body(CreateUser), (c) => {
  const { email, name, email_verified: emailVerified } = c.req.valid('json')
  return answerCreation(c, typeid('usr').toString(), async (id) => {
    const user = await createUser(c.env.DIRECTORY, { id, email, name, emailVerified })
    return user === null ? refuse({ code: 'email_taken' }) : ok(present.user(user))
  })
})

users.get('/', describe(operation.listUsers), query(ListUsers), async (c) => {
  const { limit, cursor = null, email = null, query: search = null } = c.req.valid('query')
  const listed = await listUsers(c.env.DIRECTORY, { email, search, page: { limit, cursor } })
  return listed.ok ? c.json(present.list(listed.value, present.user)) : problem(c, listed.error)
})

users.get('/:user', describe(operation.getUser), async (c) => {
  const user = await getUser(c.env.DIRECTORY, c.req.param('user'))
  return user === null ? problem(c, { code: 'user_not_found' }) : c.json(present.user(user))
})

users.patch('/:user', describe(operation.updateUser), body(UpdateUser), async (c) => {
  const { name, email_verified: emailVerified } = c.req.valid('json')
  const user = await updateUser(c.env.DIRECTORY, c.req.param('user'), { name, emailVerified })
  return user === null ? problem(c, { code: 'user_not_found' }) : c.json(present.user(user))
})
