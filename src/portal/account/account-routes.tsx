import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { attributeDefinitions, readDefinitions } from '../../accounts/attributes.ts'
import { listIdentities } from '../../accounts/identities.ts'
import { announcePersonChange } from '../../accounts/people.ts'
import { listSessions } from '../../accounts/sessions.ts'
import { updateUser } from '../../accounts/users.ts'
import { UpdateUser } from '../../contract/users.ts'
import { directoriesOf } from '../../directory/directories.ts'
import { listOrganizations } from '../../directory/organizations.ts'
import type { AttributeDefinition } from '../../membership/attributes.ts'
import { attributesFromForm } from '../attribute-form.ts'
import type { PortalEnvironment } from '../environment.ts'
import { redirectWith } from '../flash.ts'
import { type FormFields, formBody } from '../form-body.ts'
import type { FormErrors } from '../form-errors.ts'
import { homePath } from '../home.ts'
import { localPath } from '../local-path.ts'
import { pageHeaders } from '../page-headers.ts'
import { AccountPage } from '../pages/account/account-page.tsx'
import { WelcomePage } from '../pages/account/welcome-page.tsx'
import { recentSignIns } from '../recent-sign-ins.ts'
import { notFoundPage, refusedPage } from '../refused-page.tsx'
import { shellPage } from '../shell-page.tsx'
import { signedIn } from '../visitor.ts'
import { deletionRoutes } from './deletion-routes.tsx'
import { leaveRoutes } from './leave-routes.tsx'
import { sessionRoutes } from './session-routes.ts'

const SESSIONS_SHOWN = 20
const ORGANIZATIONS_SHOWN = 100
const IDENTITIES_SHOWN = 100

/** One's own account. */
export const accountRoutes = new Hono<PortalEnvironment>()

for (const path of ['/account/*', '/welcome', '/sign-out']) {
  accountRoutes.use(path, pageHeaders, csrf(), signedIn)
}

accountRoutes.get('/account', (c) => showAccount(c))

accountRoutes.post('/account', async (c) => {
  const form = await formBody(c)
  const errors = await saveProfile(c, form, (definition) => definition.userEditable)
  return errors === null ? redirectWith(c, '/account', 'profile_saved') : showAccount(c, { form, errors })
})

/** Asked once, when somebody comes in for the first time or something new is required of them. */
accountRoutes.get('/welcome', (c) => showWelcome(c, localPath(c.req.query('next'))))

accountRoutes.post('/welcome', async (c) => {
  const form = await formBody(c)
  const next = localPath(form.text('next'))
  const errors = await saveProfile(c, form, isAskedFirst)
  if (errors !== null) return showWelcome(c, next, { form, errors })
  return c.redirect(next ?? (await homePath(c, c.var.visitor)), 303)
})

accountRoutes.route('/', sessionRoutes)
accountRoutes.route('/', leaveRoutes)
accountRoutes.route('/', deletionRoutes)
accountRoutes.all('/account/*', notFoundPage)

const isAskedFirst = ({ required, userEditable }: AttributeDefinition): boolean => required && userEditable

/** A form that was sent and could not be taken. */
interface Refused {
  readonly form: FormFields
  readonly errors: FormErrors
}

/** Null once it is kept; else what is wrong with which field. */
async function saveProfile(
  c: Context<PortalEnvironment>,
  form: FormFields,
  isAsked: (definition: AttributeDefinition) => boolean,
): Promise<FormErrors | null> {
  const definitions = (await readDefinitions(c.env.ACCOUNTS)).filter(isAsked)
  const name = UpdateUser.shape.name.safeParse(form.text('name') || null)
  const attributes = attributesFromForm(definitions, form)
  if (!name.success || !attributes.ok) {
    const nameError = name.success ? {} : { name: name.error.issues[0]?.message }
    return { ...nameError, ...(attributes.ok ? {} : attributes.error) }
  }
  const { id } = c.var.visitor.user
  const changes = { name: name.data, attributes: attributes.value }
  await updateUser(c.env.ACCOUNTS, id, changes, { type: 'user', id })
  await announcePersonChange(c.env.PEOPLE_QUEUE, id)
  return null
}

async function showAccount(c: Context<PortalEnvironment>, refused?: Refused): Promise<Response> {
  const { visitor } = c.var
  const { ACCOUNTS } = c.env
  const page = { limit: SESSIONS_SHOWN, cursor: c.req.query('cursor') ?? null }
  const of = { userId: visitor.user.id }
  const every = { search: null, externalId: null, of, page: { limit: ORGANIZATIONS_SHOWN, cursor: null } }
  const [sessions, organizations, definitions, identities, signIns] = await Promise.all([
    listSessions(ACCOUNTS, visitor.user.id, page, Date.now()),
    listOrganizations(directoriesOf(c.env), every),
    attributeDefinitions(ACCOUNTS),
    listIdentities(ACCOUNTS, visitor.user.id, { limit: IDENTITIES_SHOWN, cursor: null }),
    recentSignIns(c, { userId: visitor.user.id }),
  ])
  if (!sessions.ok) return refusedPage(c, sessions.error)
  if (!identities.ok) return refusedPage(c, identities.error)
  if (!organizations.ok) return refusedPage(c, organizations.error)
  return shellPage(
    c,
    { title: 'My account', reading: true, status: refused === undefined ? 200 : 422 },
    <AccountPage
      visitor={visitor}
      sessions={sessions.value}
      identities={identities.value.items}
      signIns={signIns}
      organizations={organizations.value.items}
      label={c.var.settings.organization_label}
      definitions={definitions}
      {...(refused ?? {})}
    />,
  )
}

async function showWelcome(c: Context<PortalEnvironment>, next: string | null, refused?: Refused): Promise<Response> {
  const definitions = (await attributeDefinitions(c.env.ACCOUNTS)).filter(isAskedFirst)
  const status = refused === undefined ? 200 : 422
  const asked = { user: c.var.visitor.user, definitions, next, ...(refused ?? {}) }
  return shellPage(c, { title: 'Welcome', reading: true, status }, <WelcomePage {...asked} />)
}
