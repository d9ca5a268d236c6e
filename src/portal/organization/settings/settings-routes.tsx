import { type Context, Hono } from 'hono'
import { UpdateOrganization } from '../../../contract/organizations.ts'
import type { UpdateOrganization as Update } from '../../../membership/commands.ts'
import { type Updated, updateOrganization } from '../../../onboarding/update-organization.ts'
import { isTyped, NOT_THE_NAME } from '../../confirmed-name.ts'
import type { PortalEnvironment } from '../../environment.ts'
import { redirectWith } from '../../flash.ts'
import { formBody } from '../../form-body.ts'
import { type FormErrors, formErrors } from '../../form-errors.ts'
import { callerOf, carryOut } from '../../organization-call.ts'
import { refusalText } from '../../refusal-text.ts'
import { refusedPage } from '../../refused-page.tsx'
import { shellPage } from '../../shell-page.tsx'
import { SLUG_TEXTS } from '../../slug-text.ts'
import { Deletion } from './deletion.tsx'
import { Leaving } from './leaving.tsx'
import { type SettingsDraft, SettingsPage } from './settings-page.tsx'
import { transferRoutes } from './transfer-routes.tsx'

type Call = Context<PortalEnvironment>

/** What an organization is called, who owns it, and the ways out. */
export const settingsRoutes = new Hono<PortalEnvironment>()

settingsRoutes.route('/transfer', transferRoutes)

settingsRoutes.get('/', (c) => showSettings(c))

settingsRoutes.post('/', async (c) => {
  const fields = await formBody(c)
  const draft = { name: fields.text('name'), slug: fields.text('slug') }
  const parsed = UpdateOrganization.pick({ name: true, slug: true }).required().safeParse(draft)
  if (!parsed.success) return showSettings(c, { draft, errors: formErrors(parsed.error) })
  const updated = await update(c, { type: 'UpdateOrganization', ...parsed.data })
  if (!updated.ok) return showSettings(c, { draft, refusal: textOf(updated.error) })
  return redirectWith(c, `/o/${updated.value.slug}/settings`, 'settings_saved')
})

settingsRoutes.post('/ownership', async (c) => {
  const parsed = UpdateOrganization.pick({ ownership: true })
    .required()
    .safeParse({ ownership: (await formBody(c)).text('ownership') })
  if (!parsed.success) return showSettings(c, { errors: formErrors(parsed.error) })
  const updated = await update(c, { type: 'UpdateOrganization', ...parsed.data })
  if (!updated.ok) return showSettings(c, { ownershipRefusal: textOf(updated.error) })
  return redirectWith(c, `${c.var.workplace.path}/settings`, 'settings_saved')
})

settingsRoutes.get('/leave', (c) => showLeaving(c))

settingsRoutes.post('/leave', async (c) => {
  const left = await carryOut(c, { type: 'Leave' })
  return left.ok ? redirectWith(c, '/organizations', 'organization_left') : showLeaving(c, refusalText(left.error))
})

settingsRoutes.get('/delete', (c) => showDeletion(c))

settingsRoutes.post('/delete', async (c) => {
  const { workplace } = c.var
  if (!isTyped(workplace, await formBody(c))) return showDeletion(c, NOT_THE_NAME)
  const deleted = await carryOut(c, { type: 'DeleteOrganization' })
  if (!deleted.ok) return refusedPage(c, deleted.error)
  return redirectWith(c, '/organizations', 'organization_deleted')
})

const update = (c: Call, command: Update): Promise<Updated> =>
  updateOrganization(c.env, c.var.workplace.id, {
    caller: callerOf(c),
    command,
  })

const textOf = (error: Extract<Updated, { ok: false }>['error']): string =>
  error.code === 'slug_taken' || error.code === 'slug_reserved' ? SLUG_TEXTS[error.code] : refusalText(error)

interface Sent {
  readonly draft?: SettingsDraft
  readonly errors?: FormErrors
  readonly refusal?: string
  readonly ownershipRefusal?: string
}

async function showSettings(c: Call, { errors, ...sent }: Sent = {}): Promise<Response> {
  const refused = sent.refusal !== undefined || sent.ownershipRefusal !== undefined
  const status = errors !== undefined ? 422 : refused ? 409 : 200
  return shellPage(
    c,
    { title: 'Settings', section: 'settings', reading: true, status },
    <SettingsPage workplace={c.var.workplace} settings={c.var.settings} errors={errors ?? {}} {...sent} />,
  )
}

async function showLeaving(c: Call, refusal?: string): Promise<Response> {
  const preview = await carryOut(c, { type: 'PreviewDeparture' })
  return shellPage(
    c,
    { title: 'Leave', section: 'settings', status: refusal === undefined ? 200 : 409 },
    <Leaving workplace={c.var.workplace} refusal={refusal} entries={preview.ok ? preview.value : []} />,
  )
}

async function showDeletion(c: Call, refusal?: string): Promise<Response> {
  const { workplace } = c.var
  const permission = 'organization:delete'
  if (!workplace.may(permission)) return refusedPage(c, { code: 'forbidden', permission })
  return shellPage(
    c,
    { title: 'Delete', section: 'settings', status: refusal === undefined ? 200 : 422 },
    <Deletion workplace={workplace} refusal={refusal} />,
  )
}
