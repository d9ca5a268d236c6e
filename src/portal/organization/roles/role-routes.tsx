import { type Context, Hono } from 'hono'
import { CreateRole, UpdateRole } from '../../../contract/roles.ts'
import { builtInRole, type Role } from '../../../membership/roles.ts'
import type { PortalEnvironment } from '../../environment.ts'
import { redirectWith } from '../../flash.ts'
import { type FormFields, formBody } from '../../form-body.ts'
import { type FormErrors, formErrors } from '../../form-errors.ts'
import { ask, carryOut } from '../../organization-call.ts'
import { refusalText } from '../../refusal-text.ts'
import { notFoundPage, refusedPage } from '../../refused-page.tsx'
import { shellPage } from '../../shell-page.tsx'
import { RoleDeletion } from './role-deletion.tsx'
import { type RoleDraft, RoleForm } from './role-form.tsx'
import { RolesPage } from './roles-page.tsx'

type Call = Context<PortalEnvironment>

/** The roles of an organization, and what each of them may. */
export const roleRoutes = new Hono<PortalEnvironment>()

roleRoutes.get('/', async (c) => {
  const listed = await ask(c, { type: 'ListRoles' })
  if (!listed.ok) return refusedPage(c, listed.error)
  const { workplace } = c.var
  return shellPage(
    c,
    { title: 'Roles', section: 'roles' },
    <RolesPage workplace={workplace} roles={listed.value} label={c.var.settings.organization_label.singular} />,
  )
})

roleRoutes.get('/new', (c) => showForm(c, { key: '', name: '', description: '', permissions: [] }))

roleRoutes.post('/', async (c) => {
  const fields = await formBody(c)
  const draft = { key: fields.text('key'), ...draftOf(fields) }
  const parsed = CreateRole.safeParse(draft)
  if (!parsed.success) return showForm(c, draft, { errors: formErrors(parsed.error) })
  const created = await carryOut(c, { type: 'CreateRole', ...parsed.data })
  if (!created.ok) return showForm(c, draft, { refusal: refusalText(created.error) })
  return redirectWith(c, `${c.var.workplace.path}/roles`, 'role_created')
})

roleRoutes.get('/:role', async (c) => {
  const role = await customRole(c)
  return role === null ? notFoundPage(c) : showForm(c, role, { role })
})

roleRoutes.post('/:role', async (c) => {
  const role = await customRole(c)
  if (role === null) return notFoundPage(c)
  const draft = draftOf(await formBody(c))
  const parsed = UpdateRole.required().safeParse(draft)
  if (!parsed.success) return showForm(c, { ...draft, key: role.key }, { role, errors: formErrors(parsed.error) })
  const updated = await carryOut(c, { type: 'UpdateRole', key: role.key, ...parsed.data })
  if (!updated.ok) return showForm(c, { ...draft, key: role.key }, { role, refusal: refusalText(updated.error) })
  return redirectWith(c, `${c.var.workplace.path}/roles`, 'role_saved')
})

roleRoutes.get('/:role/delete', (c) => showDeletion(c))

roleRoutes.post('/:role/delete', async (c) => {
  const reassignTo = (await formBody(c)).text('reassign_to') || null
  const deleted = await carryOut(c, { type: 'DeleteRole', key: c.req.param('role'), reassignTo })
  if (!deleted.ok) return showDeletion(c, refusalText(deleted.error))
  return redirectWith(c, `${c.var.workplace.path}/roles`, 'role_deleted')
})

const draftOf = (fields: FormFields): Omit<RoleDraft, 'key'> => ({
  name: fields.text('name'),
  description: fields.text('description'),
  permissions: fields.all('permissions'),
})

/** Of the path; null for built-in roles too, which have no page to change them. */
async function customRole(c: Call): Promise<Role | null> {
  const key = c.req.param('role') ?? ''
  const listed = await ask(c, { type: 'ListRoles' })
  if (!listed.ok || builtInRole(key) !== undefined) return null
  return listed.value.find((role) => role.key === key) ?? null
}

interface Sent {
  /** The one that is changed; absent for a new one. */
  readonly role?: Role
  readonly errors?: FormErrors
  readonly refusal?: string
}

async function showForm(c: Call, draft: RoleDraft, { role, errors, refusal }: Sent = {}): Promise<Response> {
  const { workplace } = c.var
  if (!workplace.may('roles:manage')) return refusedPage(c, { code: 'forbidden', permission: 'roles:manage' })
  const status = errors !== undefined ? 422 : refusal !== undefined ? 409 : 200
  return shellPage(
    c,
    { title: role === undefined ? 'New role' : role.name, section: 'roles', reading: true, status },
    <RoleForm workplace={workplace} draft={draft} role={role} errors={errors ?? {}} refusal={refusal} />,
  )
}

async function showDeletion(c: Call, refusal?: string): Promise<Response> {
  const { workplace } = c.var
  const listed = await ask(c, { type: 'ListRoles' })
  if (!listed.ok) return refusedPage(c, listed.error)
  if (!workplace.may('roles:manage')) return refusedPage(c, { code: 'forbidden', permission: 'roles:manage' })
  const key = c.req.param('role')
  const role = listed.value.find((one) => one.key === key && !one.builtIn)
  if (role === undefined) return notFoundPage(c)
  const others = listed.value.filter((one) => one.key !== key && one.key !== 'owner')
  return shellPage(
    c,
    { title: `Delete ${role.name}`, section: 'roles', status: refusal === undefined ? 200 : 409 },
    <RoleDeletion workplace={workplace} role={role} others={others} refusal={refusal} />,
  )
}
