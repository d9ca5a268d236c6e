import { type Context, Hono } from 'hono'
import { idPattern } from '../../../contract/fields.ts'
import { UpdateOrganization } from '../../../contract/organizations.ts'
import type { UpdateOrganization as Update } from '../../../membership/commands.ts'
import { rebuildOrganization } from '../../../onboarding/rebuild-directory.ts'
import { type Updated, updateOrganization } from '../../../onboarding/update-organization.ts'
import { titleName } from '../../components/name.tsx'
import { isTyped, NOT_THE_NAME } from '../../confirmed-name.ts'
import type { PortalEnvironment } from '../../environment.ts'
import { redirectWith } from '../../flash.ts'
import { type FormFields, formBody } from '../../form-body.ts'
import { formErrors } from '../../form-errors.ts'
import { refusalText } from '../../refusal-text.ts'
import { SLUG_TEXTS } from '../../slug-text.ts'
import { listChoice } from '../list-choice.ts'
import { nothingHere, operatorPage } from '../operator-page.tsx'
import { carryOut } from '../organization-call.ts'
import { seatLimitOf } from '../whole-number.ts'
import { creationRoutes } from './creation-routes.tsx'
import { DeletedOrganizationPage } from './deleted-organization-page.tsx'
import { Deletion } from './deletion.tsx'
import { type FormState, isRefused, isWrong } from './form-state.ts'
import { findOrganizations } from './found-organizations.ts'
import { OrganizationPage } from './organization-page.tsx'
import { viewOrganization } from './organization-view.ts'
import { OrganizationsPage } from './organizations-page.tsx'

type Call = Context<PortalEnvironment>

const PATH = '/operator/organizations'
const SECTION = 'organizations'
const ORGANIZATION_ID = idPattern('org')

/** All organizations, and what the operator can do about each. */
export const organizationsRoutes = new Hono<PortalEnvironment>()

organizationsRoutes.get('/', async (c) => {
  const choice = { ...listChoice((name) => c.req.query(name)), deleted: c.req.query('status') === 'deleted' }
  const found = await findOrganizations(c, choice)
  return operatorPage(
    c,
    { title: 'Organizations', section: SECTION },
    <OrganizationsPage found={found} choice={choice} />,
  )
})

organizationsRoutes.route('/new', creationRoutes)
organizationsRoutes.use('/:id/*', async (c, next) =>
  ORGANIZATION_ID.test(c.req.param('id')) ? next() : nothingHere(c),
)

organizationsRoutes.get('/:id', (c) => showOrganization(c))

organizationsRoutes.post('/:id', async (c) => {
  const fields = await formBody(c)
  const typed = {
    name: fields.text('name'),
    slug: fields.text('slug'),
    external_id: fields.text('external_id') || null,
    upgrade_url: fields.text('upgrade_url') || null,
    ownership: fields.text('ownership'),
  }
  const parsed = UpdateOrganization.omit({ seat_limit: true }).required().safeParse(typed)
  if (!parsed.success) {
    return showOrganization(c, { detailsForm: { typed: fields.text, errors: formErrors(parsed.error) } })
  }
  const { external_id: externalId, upgrade_url: upgradeUrl, ...rest } = parsed.data
  const updated = await update(c, fields, { type: 'UpdateOrganization', ...rest, externalId, upgradeUrl })
  return updated.ok
    ? redirectWith(c, `${PATH}/${c.req.param('id')}`, 'settings_saved')
    : showOrganization(c, { detailsForm: { typed: fields.text, refusal: textOf(updated.error) } })
})

organizationsRoutes.post('/:id/seats', async (c) => {
  const fields = await formBody(c)
  const limit = seatLimitOf(fields.text('seat_limit'))
  if (!limit.ok) {
    return showOrganization(c, { seatsForm: { typed: fields.text, errors: { seat_limit: limit.error } } })
  }
  const updated = await update(c, fields, { type: 'UpdateOrganization', seatLimit: limit.value })
  return updated.ok
    ? redirectWith(c, `${PATH}/${c.req.param('id')}`, 'settings_saved')
    : showOrganization(c, { seatsForm: { typed: fields.text, refusal: textOf(updated.error) } })
})

organizationsRoutes.get('/:id/delete', (c) => showDeletion(c))

organizationsRoutes.post('/:id/delete', async (c) => {
  const id = c.req.param('id')
  const view = await viewOrganization(c, id)
  if (view === null || view.living === null) return nothingHere(c)
  if (!isTyped(view.living.organization, await formBody(c))) return showDeletion(c, NOT_THE_NAME)
  const deleted = await carryOut(c, id, { type: 'DeleteOrganization' })
  if (!deleted.ok) return showDeletion(c, refusalText(deleted.error))
  return redirectWith(c, `${PATH}/${id}`, 'operator_organization_deleted')
})

organizationsRoutes.post('/:id/restore', async (c) => {
  const id = c.req.param('id')
  const restored = await carryOut(c, id, { type: 'RestoreOrganization' })
  if (restored.ok) return redirectWith(c, `${PATH}/${id}`, 'organization_restored')
  return showOrganization(c, { restoreRefusal: refusalText(restored.error) })
})

organizationsRoutes.post('/:id/rebuild', async (c) => {
  const id = c.req.param('id')
  if ((await viewOrganization(c, id)) === null) return nothingHere(c)
  await rebuildOrganization(c.env, id)
  return redirectWith(c, `${PATH}/${id}`, 'organization_rebuilt')
})

/** As long as nobody else has changed the organization since its page was shown. */
async function update(c: Call, fields: FormFields, command: Update): Promise<Updated> {
  const seen = /^\d{1,15}$/.exec(fields.text('revision'))?.[0]
  const condition = seen === undefined ? {} : { ifRevision: Number(seen) }
  return updateOrganization(c.env, c.req.param('id') ?? '', { caller: c.var.operator, command, ...condition })
}

const textOf = (error: Extract<Updated, { ok: false }>['error']): string =>
  error.code === 'slug_taken' || error.code === 'slug_reserved' ? SLUG_TEXTS[error.code] : refusalText(error)

interface Sent {
  readonly seatsForm?: FormState
  readonly detailsForm?: FormState
  readonly restoreRefusal?: string
}

async function showOrganization(
  c: Call,
  { seatsForm = {}, detailsForm = {}, restoreRefusal }: Sent = {},
): Promise<Response> {
  const view = await viewOrganization(c, c.req.param('id') ?? '')
  if (view === null) return nothingHere(c)
  const forms = [seatsForm, detailsForm]
  const status = forms.some(isWrong) ? 422 : forms.some(isRefused) || restoreRefusal !== undefined ? 409 : 200
  const { name } = (view.living ?? view.deleted).organization
  return operatorPage(
    c,
    { title: titleName(name), section: SECTION, reading: true, status },
    view.living === null ? (
      <DeletedOrganizationPage view={view.deleted} refusal={restoreRefusal} />
    ) : (
      <OrganizationPage view={view.living} seatsForm={seatsForm} detailsForm={detailsForm} />
    ),
  )
}

async function showDeletion(c: Call, error?: string): Promise<Response> {
  const view = await viewOrganization(c, c.req.param('id') ?? '')
  if (view === null || view.living === null) return nothingHere(c)
  return operatorPage(
    c,
    { title: 'Delete', section: SECTION, status: error === undefined ? 200 : 422 },
    <Deletion organization={view.living.organization} error={error} />,
  )
}
