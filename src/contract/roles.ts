import { z } from 'zod'
import { PERMISSIONS } from '../membership/permissions.ts'
import { line, list } from './fields.ts'
import { roleKey } from './members.ts'

export const permission = z.enum(PERMISSIONS)

export const permissions = z
  .array(permission)
  .max(PERMISSIONS.length)
  .refine((chosen) => new Set(chosen).size === chosen.length, 'A permission stands in the list once.')

export const Role = z.strictObject({
  object: z.literal('role'),
  key: z.string(),
  name: z.string(),
  description: z.string(),
  permissions: z.array(permission),
  built_in: z.boolean(),
})
export const RoleList = list(Role)

/** May be empty, unlike a name. */
const description = line(500).or(z.literal(''))

export const CreateRole = z.strictObject({
  key: roleKey,
  name: line(100),
  description: description.default(''),
  permissions,
})

export const UpdateRole = z.strictObject({
  name: line(100).optional(),
  description: description.optional(),
  permissions: permissions.optional(),
})

export const DeleteRole = z.strictObject({ reassign_to: roleKey.optional() })
