import { z } from 'zod'
import { ACCESS_REASONS } from '../membership/access.ts'
import { consistency, id } from './fields.ts'
import { permission } from './roles.ts'

export const Access = z.strictObject({
  object: z.literal('access'),
  user_id: id('usr'),
  permission: permission.nullable(),
  allowed: z.boolean(),
  reason: z.enum(ACCESS_REASONS),
  role: z.string().nullable(),
  status: z.enum(['active', 'suspended']).nullable(),
  permissions: z.array(permission),
})
export const AccessList = z.strictObject({ object: z.literal('list'), data: z.array(Access) })

export const GetAccess = z.strictObject({
  permission: permission.optional(),
  user_id: id('usr').optional(),
  consistency,
})

export const CheckAccess = z.strictObject({
  checks: z
    .array(z.strictObject({ user_id: id('usr'), permission }))
    .min(1)
    .max(100),
})
