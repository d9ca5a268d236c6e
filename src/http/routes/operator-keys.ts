import { Hono } from 'hono'
import { typeidUnboxed } from 'typeid-js'
import { createOperatorKey, listOperatorKeys } from '../../accounts/operator-keys.ts'
import { CreateOperatorKey } from '../../contract/operator-keys.ts'
import { ok } from '../../membership/result.ts'
import { revokeOperatorKey } from '../../onboarding/end-access.ts'
import { operatorOf, operatorOnly, rootOnly } from '../authentication.ts'
import { answerCreation } from '../creation.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/deployment.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { body, noBody } from '../validation.ts'

export const operatorKeys = new Hono<HttpEnvironment>()

operatorKeys.use(operatorOnly, rootOnly)

operatorKeys.get('/', describe(operation.listOperatorKeys), async (c) => {
  const items = await listOperatorKeys(c.env.ACCOUNTS)
  return c.json(present.list({ items, nextCursor: null }, present.operatorKey))
})

operatorKeys.post('/', describe(operation.createOperatorKey), body(CreateOperatorKey), (c) => {
  const { name, access, expires_at: expiresAt } = c.req.valid('json')
  let secret: string | null = null
  const create = async (id: string) => {
    const created = await createOperatorKey(c.env.ACCOUNTS, { id, name, access, expiresAt }, operatorOf(c), Date.now())
    if (!created.ok) return created
    secret = created.value.secret
    return ok(present.operatorKey(created.value.key))
  }
  return answerCreation(c, typeidUnboxed('opk'), create, () => (secret === null ? {} : { secret }))
})

operatorKeys.delete('/:operatorKey', describe(operation.revokeOperatorKey), noBody, async (c) => {
  const revoked = await revokeOperatorKey(c, c.req.param('operatorKey'), operatorOf(c))
  return revoked ? c.body(null, 204) : problem(c, { code: 'operator_key_not_found' })
})
