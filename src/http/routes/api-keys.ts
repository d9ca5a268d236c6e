import { Hono } from 'hono'
import { typeidUnboxed } from 'typeid-js'
import { newApiKeySecret } from '../../accounts/api-key-secret.ts'
import { CreateApiKey } from '../../contract/api-keys.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/administration.ts'
import { execute, read } from '../organization-call.ts'
import * as present from '../present.ts'
import { body, noBody } from '../validation.ts'

export const apiKeys = new Hono<HttpEnvironment>()

apiKeys.get('/', describe(operation.listApiKeys), (c) =>
  read(c, { type: 'ListApiKeys' }, (items) => present.list({ items, nextCursor: null }, (key) => present.apiKey(key))),
)

apiKeys.get('/:key', describe(operation.getApiKey), (c) =>
  read(c, { type: 'GetApiKey', keyId: c.req.param('key') }, (key) => present.apiKey(key)),
)

/** A replayed answer names the key of the first call. Its secret is not stored, so the answer carries none. */
apiKeys.post('/', describe(operation.createApiKey), body(CreateApiKey), (c) => {
  const { name, permissions, expires_at: expiresAt } = c.req.valid('json')
  const { secret, secretHash, lastFour } = newApiKeySecret(c.req.param('organization') ?? '')
  const keyId = typeidUnboxed('key')
  const command = { type: 'CreateApiKey', keyId, name, permissions, secretHash, lastFour, expiresAt } as const
  return execute(c, command, (key) => present.apiKey(key, key.id === keyId ? secret : undefined), 201)
})

apiKeys.delete('/:key', describe(operation.revokeApiKey), noBody, (c) =>
  execute(c, { type: 'RevokeApiKey', keyId: c.req.param('key') }, () => null),
)
