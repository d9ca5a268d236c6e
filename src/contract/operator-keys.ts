import * as z from 'zod'
import { OPERATOR_ACCESS } from '../membership/operator-key.ts'
import { id, line, list, shownTime, time } from './fields.ts'

const access = z.enum(OPERATOR_ACCESS).meta({ examples: ['read'] })

export const OperatorKey = z
  .strictObject({
    object: z.literal('operator_key'),
    id: id('opk'),
    name: z.string().meta({ examples: ['CI'] }),
    access: access.describe(
      '`write`: may do what the root key may, except managing operator keys. `read`: changes nothing.',
    ),
    last_four: z.string().meta({ examples: ['x7Qa'] }),
    created_at: shownTime,
    expires_at: shownTime.nullable(),
    last_used_at: shownTime.nullable().meta({ description: 'Exact to the hour.', examples: [null] }),
    secret: z
      .string()
      .optional()
      .meta({
        description: 'The key itself. Only the answer that creates the key has it.',
        examples: ['mok_...x7Qa'],
      }),
  })
  .meta({ id: 'OperatorKey' })
export const OperatorKeyList = list(OperatorKey).meta({ id: 'OperatorKeyList' })

export const CreateOperatorKey = z
  .strictObject({
    name: line(100).meta({ description: 'Unique among the operator keys that are not revoked.', examples: ['CI'] }),
    access,
    expires_at: time
      .refine((at) => at > Date.now(), 'An expiry lies in the future.')
      .nullable()
      .default(null),
  })
  .meta({ id: 'CreateOperatorKey', examples: [{ name: 'CI', access: 'read' }] })
