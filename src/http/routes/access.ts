import { Hono } from 'hono'
import { CheckAccess, GetAccess } from '../../contract/access.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/administration.ts'
import { read } from '../organization-call.ts'
import * as present from '../present.ts'
import { body, query } from '../validation.ts'

export const access = new Hono<HttpEnvironment>()

access.get('/', describe(operation.getAccess), query(GetAccess), (c) => {
  const { user_id: userId = null, permission = null, consistency } = c.req.valid('query')
  return read(c, { type: 'GetAccess', userId, permission }, present.access, consistency)
})

access.post('/batch', describe(operation.checkAccess), body(CheckAccess), (c) => {
  const checks = c.req.valid('json').checks.map(({ user_id: userId, permission }) => ({ userId, permission }))
  return read(c, { type: 'CheckAccess', checks }, (answers) => ({ object: 'list', data: answers.map(present.access) }))
})
