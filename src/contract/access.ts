import * as z from 'zod'
import { ACCESS_REASONS } from '../membership/access.ts'
import { consistency, id } from './fields.ts'
import { permission } from './roles.ts'

export const Access = z
  .strictObject({
    object: z.literal('access'),
    user_id: id('usr'),
    permission: permission.nullable(),
    allowed: z.boolean(),
    reason: z.enum(ACCESS_REASONS),
    role: z
      .string()
      .nullable()
      .meta({ examples: ['admin'] }),
    status: z.enum(['active', 'suspended']).nullable(),
    permissions: z.array(permission).meta({
      description: 'All that they may do.',
      examples: [['organization:read', 'members:read', 'members:manage']],
    }),
  })
  .meta({ id: 'Access' })
export const AccessList = z
  .strictObject({ object: z.literal('list'), data: z.array(Access).describe('In the order of the checks.') })
  .meta({ id: 'AccessList' })

export const GetAccess = z.strictObject({
  permission: permission.optional().describe('Absent: may they do anything here at all?'),
  user_id: id('usr').optional().describe('Absent: the user on whose behalf you ask.'),
  consistency,
})

export const CheckAccess = z
  .strictObject({
    checks: z
      .array(z.strictObject({ user_id: id('usr'), permission }))
      .min(1)
      .max(100),
  })
  .meta({ id: 'CheckAccess' })
