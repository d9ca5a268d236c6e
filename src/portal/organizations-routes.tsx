import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { typeid } from 'typeid-js'
import { CreateOrganization } from '../contract/organizations.ts'
import { listOrganizations } from '../directory/organizations.ts'
import { type Created, createOrganization } from '../onboarding/create-organization.ts'
import type { PortalEnvironment } from './environment.ts'
import { redirectWith } from './flash.ts'
import { formBody } from './form-body.ts'
import { pageHeaders } from './page-headers.ts'
import { ChooserPage } from './pages/organizations/chooser-page.tsx'
import { NewOrganizationPage } from './pages/organizations/new-organization-page.tsx'
import { refusalText } from './refusal-text.ts'
import { notFoundPage } from './refused-page.tsx'
import { shellPage } from './shell-page.tsx'
import { signedIn } from './visitor.ts'

const PAGE_SIZE = 50

/** Which organization to go to, and the way to a new one. */
export const organizationsRoutes = new Hono<PortalEnvironment>()

organizationsRoutes.use('/organizations/*', pageHeaders, csrf(), signedIn)

organizationsRoutes.get('/organizations', async (c) => {
  const { settings, visitor } = c.var
  const cursor = c.req.query('cursor') ?? null
  const listed = await listOrganizations(c.env.DIRECTORY, {
    search: null,
    externalId: null,
    of: { userId: visitor.user.id },
    page: { limit: PAGE_SIZE, cursor },
  })
  const slice = listed.ok ? listed.value : { items: [], nextCursor: null }
  return shellPage(
    c,
    { title: settings.organization_label.plural, reading: true },
    <ChooserPage organizations={slice} cursor={cursor} settings={settings} email={visitor.user.email} />,
  )
})

organizationsRoutes.get('/organizations/new', (c) => showForm(c, {}))

organizationsRoutes.post('/organizations/new', async (c) => {
  const { settings, visitor } = c.var
  const name = (await formBody(c)).text('name')
  if (!settings.sign_up_enabled) return showForm(c, {})
  const parsed = CreateOrganization.shape.name.safeParse(name)
  if (!parsed.success) return showForm(c, { name, error: parsed.error.issues[0]?.message ?? '' })
  const { user } = visitor
  const created = await createOrganization(
    c.env,
    { type: 'user', userId: user.id },
    {
      organizationId: typeid('org').toString(),
      name: parsed.data,
      slug: null,
      externalId: null,
      ownership: 'multiple',
      seatLimit: settings.default_seat_limit,
      upgradeUrl: null,
      owner: user,
      createdBy: user.id,
    },
    settings,
  )
  if (!created.ok) return showForm(c, { name, error: textOf(created.error) })
  return redirectWith(c, `/o/${created.value.slug}/members`, 'organization_created')
})
organizationsRoutes.all('/organizations/*', notFoundPage)

function showForm(c: Context<PortalEnvironment>, form: { name?: string; error?: string }): Promise<Response> {
  const { settings } = c.var
  const label = settings.organization_label.singular
  const title = settings.sign_up_enabled ? `New: ${label}` : 'Not available'
  const status = form.error === undefined ? (settings.sign_up_enabled ? 200 : 403) : 422
  return shellPage(c, { title, reading: true, status }, <NewOrganizationPage settings={settings} {...form} />)
}

type NotCreated = Extract<Created, { ok: false }>['error']

function textOf(error: NotCreated): string {
  switch (error.code) {
    case 'slug_taken':
      return 'No address could be made of this name. Try another.'
    case 'organization_limit_reached':
      return `You have created ${error.limit} already, as many as one can.`
    default:
      return refusalText(error)
  }
}
