import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { typeidUnboxed } from 'typeid-js'
import { attributeDefinitions } from '../accounts/attributes.ts'
import type { User } from '../accounts/users.ts'
import { CreateOrganization } from '../contract/organizations.ts'
import { missingAttributes } from '../membership/attributes.ts'
import type { Organization } from '../membership/organization.ts'
import { type Result, refuse } from '../membership/result.ts'
import { type Created, createOrganization } from '../onboarding/create-organization.ts'
import { type IntroductionRefusal, introduce } from '../onboarding/introduction.ts'
import { showChooser } from './chooser.tsx'
import type { PortalEnvironment } from './environment.ts'
import { redirectWith } from './flash.ts'
import { formBody } from './form-body.ts'
import { introducing } from './introducing.ts'
import { ownInvitationRoutes } from './own-invitation-routes.tsx'
import { pageHeaders } from './page-headers.ts'
import { NewOrganizationPage, type NewOrganizationPageProps } from './pages/organizations/new-organization-page.tsx'
import { refusalText } from './refusal-text.ts'
import { notFoundPage } from './refused-page.tsx'
import { shellPage } from './shell-page.tsx'
import { signedIn } from './visitor.ts'

/** Which organization to go to, and the way to a new one. */
export const organizationsRoutes = new Hono<PortalEnvironment>()

organizationsRoutes.use('/organizations/*', pageHeaders, csrf(), signedIn)

organizationsRoutes.get('/organizations', (c) => showChooser(c))
organizationsRoutes.route('/organizations/invitations', ownInvitationRoutes)

organizationsRoutes.get('/organizations/new', async (c) => {
  const definitions = missingAttributes(await attributeDefinitions(c.env.ACCOUNTS), c.var.visitor.user.attributes)
  return showForm(c, { definitions })
})

organizationsRoutes.post('/organizations/new', async (c) => {
  const { settings, visitor } = c.var
  const form = await formBody(c)
  if (!settings.sign_up_enabled) return showForm(c, {})
  const created = await introducing(c.env.ACCOUNTS, form, async (introduction): Promise<Outcome> => {
    const name = CreateOrganization.shape.name.safeParse(form.text('name'))
    if (!name.success) return refuse({ code: 'invalid', path: 'name', message: name.error.issues[0]?.message ?? '' })
    const owner = await introduce(c.env, visitor.user, introduction)
    return owner.ok ? createOwned(c, name.data, owner.value) : owner
  })
  if (created.ok) return redirectWith(c, `/o/${created.value.slug}/members`, 'organization_created')
  const { error } = created
  if (error.code === 'still_asked') return showForm(c, { form, ...error })
  const definitions = missingAttributes(await attributeDefinitions(c.env.ACCOUNTS), visitor.user.attributes)
  return showForm(c, { form, definitions, errors: { name: textOf(error) } })
})
organizationsRoutes.all('/organizations/*', notFoundPage)

/** As those of whom nothing else is known: the rest is set by the operator, or later. */
function createOwned(c: Context<PortalEnvironment>, name: string, owner: User): Promise<Created> {
  const { settings } = c.var
  return createOrganization(
    c.env,
    { type: 'user', userId: owner.id },
    {
      organizationId: typeidUnboxed('org'),
      name,
      slug: null,
      externalId: null,
      ownership: 'multiple',
      seatLimit: settings.default_seat_limit,
      upgradeUrl: null,
      owner,
      createdBy: owner.id,
    },
    settings,
  )
}

type Form = Omit<NewOrganizationPageProps, 'settings'>

function showForm(c: Context<PortalEnvironment>, form: Form): Promise<Response> {
  const { settings } = c.var
  const label = settings.organization_label.singular
  const title = settings.sign_up_enabled ? `New: ${label}` : 'Not available'
  const status = form.form === undefined ? (settings.sign_up_enabled ? 200 : 403) : 422
  return shellPage(c, { title, reading: true, status }, <NewOrganizationPage settings={settings} {...form} />)
}

type NotCreated = Extract<Created, { ok: false }>['error']
type Outcome = Result<Organization, NotCreated | IntroductionRefusal>

function textOf(error: NotCreated): string {
  switch (error.code) {
    case 'slug_taken':
    case 'slug_reserved':
      return 'No address could be made of this name. Try another.'
    case 'organization_limit_reached':
      return `You have created ${error.limit} already, as many as one can.`
    default:
      return refusalText(error)
  }
}
