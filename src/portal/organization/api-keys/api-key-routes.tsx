import { type Context, Hono } from 'hono'
import { typeidUnboxed } from 'typeid-js'
import { newApiKeySecret } from '../../../accounts/api-key-secret.ts'
import { CreateApiKey } from '../../../contract/api-keys.ts'
import type { PortalEnvironment } from '../../environment.ts'
import { redirectWith } from '../../flash.ts'
import { formBody } from '../../form-body.ts'
import { type FormErrors, formErrors } from '../../form-errors.ts'
import { ask, carryOut } from '../../organization-call.ts'
import { refusalText } from '../../refusal-text.ts'
import { notFoundPage, refusedPage } from '../../refused-page.tsx'
import { shellPage } from '../../shell-page.tsx'
import { type ApiKeyDraft, ApiKeyForm } from './api-key-form.tsx'
import { ApiKeyRevocation } from './api-key-revocation.tsx'
import { ApiKeysPage } from './api-keys-page.tsx'
import { NewApiKeyPage } from './new-api-key-page.tsx'

type Call = Context<PortalEnvironment>

/** The credentials that programs use in an organization's name. */
export const apiKeyRoutes = new Hono<PortalEnvironment>()

apiKeyRoutes.get('/', async (c) => {
  const viewed = await ask(c, { type: 'ViewApiKeys' })
  if (!viewed.ok) return refusedPage(c, viewed.error)
  const { apiKeys: keys, names } = viewed.value
  return shellPage(
    c,
    { title: 'API keys', section: 'api-keys' },
    <ApiKeysPage workplace={c.var.workplace} keys={keys} names={names} now={Date.now()} />,
  )
})

apiKeyRoutes.get('/new', (c) => showForm(c, { name: '', permissions: [], expires_on: '' }))

/** Answers with the secret instead of leading on: it stands on this page, once, and nowhere else. */
apiKeyRoutes.post('/', async (c) => {
  const fields = await formBody(c)
  const draft = {
    name: fields.text('name'),
    permissions: fields.all('permissions'),
    expires_on: fields.text('expires_on'),
  }
  const parsed = CreateApiKey.safeParse({
    name: draft.name,
    permissions: draft.permissions,
    expires_at: draft.expires_on === '' ? null : `${draft.expires_on}T23:59:59Z`,
  })
  if (!parsed.success) return showForm(c, draft, { errors: formErrors(parsed.error) })
  const { workplace } = c.var
  const { name, permissions, expires_at: expiresAt } = parsed.data
  const { secret, secretHash, lastFour } = newApiKeySecret(workplace.id)
  const keyId = typeidUnboxed('key')
  const created = await carryOut(c, {
    type: 'CreateApiKey',
    ...{ keyId, name, permissions, secretHash, lastFour, expiresAt },
  })
  if (!created.ok) return showForm(c, draft, { refusal: refusalText(created.error) })
  return shellPage(
    c,
    { title: 'New API key', section: 'api-keys', reading: true, status: 201 },
    <NewApiKeyPage workplace={workplace} apiKey={created.value} secret={secret} />,
  )
})

apiKeyRoutes.get('/:key/revoke', (c) => showRevocation(c))

apiKeyRoutes.post('/:key/revoke', async (c) => {
  const revoked = await carryOut(c, { type: 'RevokeApiKey', keyId: c.req.param('key') })
  if (!revoked.ok) return refusedPage(c, revoked.error)
  return redirectWith(c, `${c.var.workplace.path}/api-keys`, 'api_key_revoked')
})

interface Sent {
  readonly errors?: FormErrors
  readonly refusal?: string
}

async function showForm(c: Call, draft: ApiKeyDraft, { errors, refusal }: Sent = {}): Promise<Response> {
  const { workplace } = c.var
  if (!workplace.may('api_keys:manage')) return refusedPage(c, { code: 'forbidden', permission: 'api_keys:manage' })
  const status = errors !== undefined ? 422 : refusal !== undefined ? 409 : 200
  return shellPage(
    c,
    { title: 'New API key', section: 'api-keys', reading: true, status },
    <ApiKeyForm workplace={workplace} draft={draft} errors={errors ?? {}} refusal={refusal} />,
  )
}

async function showRevocation(c: Call): Promise<Response> {
  const listed = await ask(c, { type: 'ListApiKeys' })
  if (!listed.ok) return refusedPage(c, listed.error)
  const apiKey = listed.value.find(({ id }) => id === c.req.param('key'))
  if (apiKey === undefined) return notFoundPage(c)
  return shellPage(
    c,
    { title: 'Revoke an API key', section: 'api-keys' },
    <ApiKeyRevocation workplace={c.var.workplace} apiKey={apiKey} />,
  )
}
