import { type Context, Hono } from 'hono'
import { typeidUnboxed } from 'typeid-js'
import { createDefinition, deleteDefinition, readDefinitions, updateDefinition } from '../../../accounts/attributes.ts'
import { CreateUserAttribute, UpdateUserAttribute } from '../../../contract/user-attributes.ts'
import { actorOf } from '../../../membership/actor.ts'
import { type AttributeDefinition, MAX_ATTRIBUTES } from '../../../membership/attributes.ts'
import { titleName } from '../../components/name.tsx'
import type { PortalEnvironment } from '../../environment.ts'
import { redirectWith } from '../../flash.ts'
import { type FormFields, formBody } from '../../form-body.ts'
import { type FormErrors, formErrors } from '../../form-errors.ts'
import { nothingHere, operatorPage } from '../operator-page.tsx'
import { AttributeDeletion } from './attribute-deletion.tsx'
import { type AttributeDraft, AttributeForm, draftOf, EMPTY_DRAFT } from './attribute-form.tsx'
import { ATTRIBUTES_PATH, AttributesPage, NEW_ATTRIBUTE } from './attributes-page.tsx'

type Call = Context<PortalEnvironment>

const SECTION = 'attributes'

/** What the product wants to know about people. */
export const attributesRoutes = new Hono<PortalEnvironment>()

attributesRoutes.get('/', async (c) => {
  const definitions = await readDefinitions(c.env.ACCOUNTS)
  return operatorPage(c, { title: 'User attributes', section: SECTION }, <AttributesPage definitions={definitions} />)
})

attributesRoutes.get(`/${NEW_ATTRIBUTE}`, (c) => showForm(c, null, EMPTY_DRAFT))

attributesRoutes.post(`/${NEW_ATTRIBUTE}`, async (c) => {
  const draft = draftFrom(await formBody(c))
  const options = optionsOf(draft)
  const parsed = CreateUserAttribute.safeParse({
    ...{ key: draft.key, label: draft.label, type: draft.type },
    ...{ required: draft.required, user_editable: draft.userEditable },
    ...(options.length === 0 ? {} : { options }),
  })
  if (!parsed.success) return showForm(c, null, draft, { errors: formErrors(parsed.error) })
  const { user_editable: userEditable, options: named = null, ...rest } = parsed.data
  const definition = { ...rest, options: named, userEditable }
  const created = await createDefinition(c.env.ACCOUNTS, definition, typeidUnboxed('evt'), actorOf(c.var.operator))
  if (created.ok) return redirectWith(c, ATTRIBUTES_PATH, 'attribute_created')
  return showForm(c, null, draft, { refusal: REFUSALS[created.error.code] })
})

attributesRoutes.get('/:key', async (c) => {
  const definition = await find(c)
  return definition === null ? nothingHere(c) : showForm(c, definition, draftOf(definition))
})

attributesRoutes.post('/:key', async (c) => {
  const definition = await find(c)
  if (definition === null) return nothingHere(c)
  const draft = draftFrom(await formBody(c))
  const parsed = UpdateUserAttribute.safeParse({
    ...{ label: draft.label, required: draft.required, user_editable: draft.userEditable },
    ...(definition.type === 'enum' ? { options: optionsOf(draft) } : {}),
  })
  if (!parsed.success) return showForm(c, definition, draft, { errors: formErrors(parsed.error) })
  const { user_editable: userEditable, ...changes } = parsed.data
  const updated = await updateDefinition(
    c.env.ACCOUNTS,
    definition,
    { ...changes, userEditable },
    actorOf(c.var.operator),
  )
  return updated === null ? nothingHere(c) : redirectWith(c, ATTRIBUTES_PATH, 'settings_saved')
})

attributesRoutes.get('/:key/delete', async (c) => {
  const definition = await find(c)
  if (definition === null) return nothingHere(c)
  return operatorPage(c, { title: 'Delete', section: SECTION }, <AttributeDeletion definition={definition} />)
})

attributesRoutes.post('/:key/delete', async (c) => {
  const deleted = await deleteDefinition(c.env.ACCOUNTS, c.req.param('key'), actorOf(c.var.operator))
  return deleted ? redirectWith(c, ATTRIBUTES_PATH, 'attribute_deleted') : nothingHere(c)
})

const REFUSALS = {
  user_attribute_exists: 'There is an attribute of this key already. Choose another.',
  user_attribute_limit_reached: `There are ${MAX_ATTRIBUTES} attributes already, as many as there can be.`,
} as const

async function find(c: Call): Promise<AttributeDefinition | null> {
  return (await readDefinitions(c.env.ACCOUNTS)).find(({ key }) => key === c.req.param('key')) ?? null
}

const draftFrom = (fields: FormFields): AttributeDraft => ({
  ...{ key: fields.text('key'), label: fields.text('label') },
  ...{ type: fields.text('type'), options: fields.text('options') },
  ...{ required: fields.text('required') !== '', userEditable: fields.text('user_editable') !== '' },
})

const optionsOf = ({ options }: AttributeDraft): string[] =>
  options.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))

interface NotTaken {
  readonly errors?: FormErrors
  readonly refusal?: string
}

function showForm(
  c: Call,
  definition: AttributeDefinition | null,
  draft: AttributeDraft,
  { errors, refusal }: NotTaken = {},
): Response | Promise<Response> {
  const status = errors !== undefined ? 422 : refusal !== undefined ? 409 : 200
  const title = definition === null ? 'New attribute' : titleName(definition.label)
  return operatorPage(
    c,
    { title, section: SECTION, reading: true, status },
    <AttributeForm definition={definition} draft={draft} errors={errors} refusal={refusal} />,
  )
}
