import type * as z from 'zod'
import { id } from '../../contract/fields.ts'
import { LINK_EXAMPLE } from '../../contract/invitations.ts'
import { roleKey } from '../../contract/members.ts'
import { attributeKey } from '../../contract/user-attributes.ts'
import type { JsonSchema, Parameter } from './document-model.ts'
import { exampleOf } from './example.ts'
import type { Schemas } from './schemas.ts'

const token: JsonSchema = { type: 'string', examples: [LINK_EXAMPLE] }

/** The parts of paths, by the name that routes give them. */
const PATH_PARAMETERS: Readonly<Record<string, readonly [description: string, schema: z.ZodType | JsonSchema]>> = {
  organization: ['The id of the organization.', id('org')],
  member: ['The id of the member.', id('mem')],
  invitation: ['The id of the invitation.', id('inv')],
  user: ['The id of the user.', id('usr')],
  role: ['The key of the role.', roleKey],
  attribute: ['The key of the user attribute.', attributeKey],
  key: ['The id of the API key.', id('key')],
  block: ['The id of the mail block.', id('blk')],
  operatorKey: ['The id of the operator key.', id('opk')],
  session: ['The id of the session.', id('ses')],
  identity: ['The id of the identity.', id('idy')],
  token: ['The last part of the link.', token],
}

/** Where the router writes `:member`, OpenAPI writes `{member}`. */
export const templateOf = (path: string): string => path.replace(/:(\w+)/g, '{$1}')

export function pathParameters(path: string, schemas: Schemas): Parameter[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    const known = PATH_PARAMETERS[name]
    if (known === undefined) throw new Error(`The path parameter ${name} has no description`)
    const [description, type] = known
    const schema = '_zod' in type ? schemas.of(type as z.ZodType, 'input') : (type as JsonSchema)
    return { name, in: 'path', required: true, description, schema, example: exampleOf(schema, schemas.components) }
  })
}

/** One for each field of the schema that validates the query string. */
export function queryParameters(query: z.ZodType, schemas: Schemas): Parameter[] {
  const { properties = {}, required = [] } = schemas.of(query, 'input')
  return Object.entries(properties).map(([name, { description, explode = false, ...schema }]) => ({
    name,
    in: 'query',
    ...(required.includes(name) ? { required: true } : {}),
    ...(description === undefined ? {} : { description }),
    schema,
    ...(schema.type === 'array' ? ({ style: 'form', explode } as const) : {}),
  }))
}
