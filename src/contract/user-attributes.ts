import * as z from 'zod'
import { ATTRIBUTE_KEY, ATTRIBUTE_TYPES, MAX_OPTIONS } from '../membership/attributes.ts'
import { line, list } from './fields.ts'

export const attributeKey = z
  .string()
  .regex(ATTRIBUTE_KEY, 'A key is 1 to 32 of a-z, 0-9 and _, starting with a letter.')
  .meta({ examples: ['department'] })

const label = line(100).meta({ description: 'What people are asked.', examples: ['Department'] })

const options = z
  .array(line(100))
  .min(1)
  .max(MAX_OPTIONS)
  .refine((chosen) => new Set(chosen).size === chosen.length, 'An option stands in the list once.')
  .meta({ uniqueItems: true, examples: [['Sales', 'Support']] })

const required = z.boolean().describe('Must people who may edit it have given it before they join?')
const userEditable = z.boolean().describe('May people change it themselves?')

/** What the product wants to know about people. */
export const UserAttribute = z
  .strictObject({
    object: z.literal('user_attribute'),
    key: attributeKey,
    label,
    type: z.enum(ATTRIBUTE_TYPES).meta({ examples: ['enum'] }),
    options: z
      .array(z.string())
      .nullable()
      .meta({ description: 'Of an enum.', examples: [['Sales', 'Support']] }),
    required,
    user_editable: userEditable,
  })
  .meta({ id: 'UserAttribute' })
export const UserAttributeList = list(UserAttribute).meta({ id: 'UserAttributeList' })

export const CreateUserAttribute = z
  .strictObject({
    key: attributeKey.describe('Stays as it is for good.'),
    label,
    type: z.enum(ATTRIBUTE_TYPES).describe('Stays as it is for good.'),
    options: options.optional().describe('Of an enum, and only of one.'),
    required: required.default(false),
    user_editable: userEditable.default(false),
  })
  .refine(({ type, options }) => (type === 'enum') === (options !== undefined), {
    path: ['options'],
    message: 'An enum has options, and nothing else has.',
  })
  .meta({
    id: 'CreateUserAttribute',
    examples: [{ key: 'department', label: 'Department', type: 'enum', options: ['Sales', 'Support'] }],
  })

export const UpdateUserAttribute = z
  .strictObject({
    label: label.optional(),
    options: options.optional().describe('Of an enum. A value that is none of them any more is not shown.'),
    required: required.optional(),
    user_editable: userEditable.optional(),
  })
  .meta({ id: 'UpdateUserAttribute', examples: [{ label: 'Team', required: true }] })

const EXAMPLE = { department: 'Sales' }

const MAX_FILTERS = 3
const MAX_FILTER_LENGTH = 1_000
const FILTER = /^[a-z][a-z0-9_]{0,31}:/

const isFilter = (text: string): boolean => FILTER.test(text) && text.length <= MAX_FILTER_LENGTH

/** Whether there is such an attribute, and such a value of it, only its definition says. */
export const attributeFilters = z
  .union([z.string(), z.array(z.string())])
  .transform((texts) => [texts].flat())
  .refine(
    (texts) => texts.length <= MAX_FILTERS && texts.every(isFilter),
    `Send key:value, up to ${MAX_FILTERS} times.`,
  )
  .optional()
  .meta({
    description: `Who has this value, as key:value. Up to ${MAX_FILTERS} times: all must hold.`,
    wire: {
      anyOf: undefined,
      type: 'array',
      items: { type: 'string', pattern: FILTER.source, maxLength: MAX_FILTER_LENGTH },
      maxItems: MAX_FILTERS,
      explode: true,
    },
  })

/** Values as answers have them. */
export const ShownAttributes = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .meta({ id: 'Attributes', description: 'By the keys of the user attributes.', examples: [EXAMPLE] })

const named = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null()], 'This must be a text, a number, true, false or null.'),
)

/** Values as requests have them: what they must be, their definitions say. */
export const NamedAttributes = z
  .preprocess((value, context) => {
    // Records leave this key out in silence.
    const isNamed = typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__')
    if (isNamed) context.addIssue({ code: 'custom', path: ['__proto__'], message: 'There is no such attribute.' })
    return value
  }, named)
  .meta({
    id: 'AttributeChanges',
    description: 'Only what is named changes; null takes a value away.',
    examples: [EXAMPLE],
  })
