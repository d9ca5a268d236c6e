import { type Context, Hono } from 'hono'
import { typeidUnboxed } from 'typeid-js'
import {
  createOperatorKey,
  getOperatorKey,
  listOperatorKeys,
  type OperatorKeyRefusal,
} from '../../../accounts/operator-keys.ts'
import { idPattern } from '../../../contract/fields.ts'
import { CreateOperatorKey } from '../../../contract/operator-keys.ts'
import { actorOf, isRoot } from '../../../membership/actor.ts'
import { revokeOperatorKey } from '../../../onboarding/end-access.ts'
import type { PortalEnvironment } from '../../environment.ts'
import { redirectWith } from '../../flash.ts'
import { formBody } from '../../form-body.ts'
import { type FormErrors, formErrors } from '../../form-errors.ts'
import { nothingHere, operatorPage, rootRefusal } from '../operator-page.tsx'
import { type KeyDraft, KeyForm } from './key-form.tsx'
import { KeyRevocation } from './key-revocation.tsx'
import { KEYS_PATH, KeysPage } from './keys-page.tsx'
import { NewKeyPage } from './new-key-page.tsx'

type Call = Context<PortalEnvironment>

const SECTION = 'keys'
const KEY_ID = idPattern('opk')

/** Named keys of the operator. Only the root key manages them. */
export const keysRoutes = new Hono<PortalEnvironment>()

keysRoutes.use(async (c, next) => (isRoot(c.var.operator) ? next() : rootRefusal(c)))

keysRoutes.get('/', async (c) => {
  const keys = await listOperatorKeys(c.env.ACCOUNTS)
  return operatorPage(c, { title: 'Operator keys', section: SECTION }, <KeysPage keys={keys} now={Date.now()} />)
})

keysRoutes.get('/new', (c) => showForm(c, { id: typeidUnboxed('opk'), name: '', access: 'read', expires_on: '' }))

/** Answers with the secret instead of a redirect. The same form sent again finds the key, and shows no secret. */
keysRoutes.post('/', async (c) => {
  const fields = await formBody(c)
  const given = fields.text('id')
  const draft: KeyDraft = {
    id: KEY_ID.test(given) ? given : typeidUnboxed('opk'),
    name: fields.text('name'),
    access: fields.text('access'),
    expires_on: fields.text('expires_on'),
  }
  const parsed = CreateOperatorKey.safeParse({
    name: draft.name,
    access: draft.access,
    expires_at: draft.expires_on === '' ? null : `${draft.expires_on}T23:59:59Z`,
  })
  if (!parsed.success) return showForm(c, draft, { errors: formErrors(parsed.error) })
  const { name, access, expires_at: expiresAt } = parsed.data
  const wanted = { id: draft.id, name, access, expiresAt }
  const created = await createOperatorKey(c.env.ACCOUNTS, wanted, actorOf(c.var.operator), Date.now())
  if (!created.ok) return showForm(c, draft, { refusal: textOf(created.error) })
  const { key, secret } = created.value
  if (secret === null) return redirectWith(c, KEYS_PATH, 'operator_key_exists')
  return operatorPage(
    c,
    { title: 'New operator key', section: SECTION, reading: true, status: 201 },
    <NewKeyPage operatorKey={key} secret={secret} />,
  )
})

keysRoutes.get('/:key/revoke', async (c) => {
  const key = await getOperatorKey(c.env.ACCOUNTS, c.req.param('key'))
  if (key === null) return nothingHere(c)
  return operatorPage(c, { title: 'Revoke an operator key', section: SECTION }, <KeyRevocation operatorKey={key} />)
})

keysRoutes.post('/:key/revoke', async (c) => {
  const revoked = await revokeOperatorKey(c, c.req.param('key'), actorOf(c.var.operator))
  return revoked ? redirectWith(c, KEYS_PATH, 'operator_key_revoked') : nothingHere(c)
})

interface Sent {
  readonly errors?: FormErrors
  readonly refusal?: string
}

function showForm(c: Call, draft: KeyDraft, { errors, refusal }: Sent = {}): Response | Promise<Response> {
  const status = errors !== undefined ? 422 : refusal !== undefined ? 409 : 200
  return operatorPage(
    c,
    { title: 'New operator key', section: SECTION, reading: true, status },
    <KeyForm draft={draft} errors={errors ?? {}} refusal={refusal} />,
  )
}

function textOf(error: OperatorKeyRefusal): string {
  switch (error.code) {
    case 'operator_key_exists':
      return 'An operator key with this name already exists. Choose another name.'
    case 'operator_key_limit_reached':
      return `You have reached the limit of ${error.limit} operator keys. Revoke one first.`
  }
}
