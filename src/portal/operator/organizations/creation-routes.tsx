import { type Context, Hono } from 'hono'
import { typeidUnboxed } from 'typeid-js'
import { findOrCreateUser } from '../../../accounts/users.ts'
import { email, idPattern } from '../../../contract/fields.ts'
import { CreateOrganization } from '../../../contract/organizations.ts'
import { readSettings } from '../../../directory/settings.ts'
import { actorOf } from '../../../membership/actor.ts'
import { type Created, createOrganization } from '../../../onboarding/create-organization.ts'
import { newOrganization } from '../../../onboarding/new-organization.ts'
import type { PortalEnvironment } from '../../environment.ts'
import { redirectWith } from '../../flash.ts'
import { formBody } from '../../form-body.ts'
import { formErrors } from '../../form-errors.ts'
import { refusalText } from '../../refusal-text.ts'
import { SLUG_TEXTS } from '../../slug-text.ts'
import { operatorPage } from '../operator-page.tsx'
import { seatLimitOf } from '../whole-number.ts'
import { type FormState, isRefused, isWrong } from './form-state.ts'
import { NewOrganizationPage } from './new-organization-page.tsx'

type Call = Context<PortalEnvironment>

const PATH = '/operator/organizations'
const USER_ID = idPattern('usr')
const NOBODY = 'This is no address, and not the id of an account.'

/** An organization for somebody else, with the plan that they have. */
export const creationRoutes = new Hono<PortalEnvironment>()

creationRoutes.get('/', (c) => showForm(c))

creationRoutes.post('/', async (c) => {
  const fields = await formBody(c)
  const limit = seatLimitOf(fields.text('seat_limit'))
  const parsed = CreateOrganization.safeParse({
    name: fields.text('name'),
    slug: fields.text('slug') || undefined,
    external_id: fields.text('external_id') || undefined,
    upgrade_url: fields.text('upgrade_url') || undefined,
    ownership: fields.text('ownership'),
    seat_limit: limit.ok ? limit.value : undefined,
  })
  const errors = {
    ...(parsed.success ? {} : formErrors(parsed.error)),
    ...(limit.ok ? {} : { seat_limit: limit.error }),
    ...(isOwner(fields.text('owner')) ? {} : { owner: NOBODY }),
  }
  if (!parsed.success || Object.keys(errors).length > 0) return showForm(c, { typed: fields.text, errors })

  const owner = await ownerIdOf(c, fields.text('owner'))
  const settings = await readSettings(c.env.ACCOUNTS)
  const wanted = await newOrganization(
    c.env.ACCOUNTS,
    c.var.operator,
    { ...parsed.data, ...(owner === null ? {} : { owner_user_id: owner }) },
    settings,
  )
  // To the operator nothing else is refused here.
  if (!wanted.ok) return showForm(c, { typed: fields.text, errors: { owner: 'There is no such account.' } })
  const organizationId = typeidUnboxed('org')
  const created = await createOrganization(c.env, c.var.operator, { organizationId, ...wanted.value }, settings)
  if (!created.ok) return showForm(c, { typed: fields.text, refusal: textOf(created.error) })
  return redirectWith(c, `${PATH}/${organizationId}`, 'operator_organization_created')
})

const isOwner = (text: string): boolean => text === '' || USER_ID.test(text) || email.safeParse(text).success

/** Null: nobody yet. An address that has no account gets one, as when somebody is added to an organization by it. */
async function ownerIdOf(c: Call, text: string): Promise<string | null> {
  if (text === '' || USER_ID.test(text)) return text || null
  return (await findOrCreateUser(c.env.ACCOUNTS, email.parse(text), null, actorOf(c.var.operator))).id
}

function textOf(error: Extract<Created, { ok: false }>['error']): string {
  switch (error.code) {
    case 'slug_taken':
    case 'slug_reserved':
      return SLUG_TEXTS[error.code]
    case 'organization_limit_reached':
      return `They have created ${error.limit} already, as many as one can.`
    default:
      return refusalText(error)
  }
}

async function showForm(c: Call, form: FormState = {}): Promise<Response> {
  const { default_seat_limit: defaultSeatLimit } = await readSettings(c.env.ACCOUNTS)
  const status = isWrong(form) ? 422 : isRefused(form) ? 409 : 200
  return operatorPage(
    c,
    { title: 'New organization', section: 'organizations', reading: true, status },
    <NewOrganizationPage form={form} defaultSeatLimit={defaultSeatLimit} />,
  )
}
