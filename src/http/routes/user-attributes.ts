import { Hono } from 'hono'
import { typeidUnboxed } from 'typeid-js'
import { createDefinition, deleteDefinition, readDefinitions, updateDefinition } from '../../accounts/attributes.ts'
import { CreateUserAttribute, UpdateUserAttribute } from '../../contract/user-attributes.ts'
import { ok } from '../../membership/result.ts'
import { operatorOf, operatorOnly } from '../authentication.ts'
import { answerCreation } from '../creation.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/deployment.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { body, noBody } from '../validation.ts'

export const userAttributes = new Hono<HttpEnvironment>()

userAttributes.use(operatorOnly)

userAttributes.get('/', describe(operation.listUserAttributes), async (c) => {
  const items = await readDefinitions(c.env.ACCOUNTS)
  return c.json(present.list({ items, nextCursor: null }, present.userAttribute))
})

userAttributes.post('/', describe(operation.createUserAttribute), body(CreateUserAttribute), (c) => {
  const { user_editable: userEditable, options = null, ...rest } = c.req.valid('json')
  return answerCreation(c, typeidUnboxed('evt'), async (eventId) => {
    const created = await createDefinition(c.env.ACCOUNTS, { ...rest, options, userEditable }, eventId, operatorOf(c))
    return created.ok ? ok(present.userAttribute(created.value)) : created
  })
})

userAttributes.patch('/:attribute', describe(operation.updateUserAttribute), body(UpdateUserAttribute), async (c) => {
  const { user_editable: userEditable, ...rest } = c.req.valid('json')
  const definition = (await readDefinitions(c.env.ACCOUNTS)).find(({ key }) => key === c.req.param('attribute'))
  if (definition === undefined) return problem(c, { code: 'user_attribute_not_found' })
  if (rest.options !== undefined && definition.type !== 'enum') {
    return problem(c, { code: 'invalid', path: 'options', message: 'Only an enum has options.' })
  }
  const changes = { ...rest, userEditable }
  const updated = await updateDefinition(c.env.ACCOUNTS, definition, changes, operatorOf(c))
  return updated === null ? problem(c, { code: 'user_attribute_not_found' }) : c.json(present.userAttribute(updated))
})

userAttributes.delete('/:attribute', describe(operation.deleteUserAttribute), noBody, async (c) => {
  const deleted = await deleteDefinition(c.env.ACCOUNTS, c.req.param('attribute'), operatorOf(c))
  return deleted ? c.body(null, 204) : problem(c, { code: 'user_attribute_not_found' })
})
