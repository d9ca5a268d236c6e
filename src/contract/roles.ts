import * as z from 'zod'
import { PERMISSIONS } from '../membership/permissions.ts'
import { line, list } from './fields.ts'
import { roleKey } from './members.ts'

export const permission = z.enum(PERMISSIONS).meta({ id: 'Permission', examples: ['members:manage'] })

export const permissions = z
  .array(permission)
  .max(PERMISSIONS.length)
  .refine((chosen) => new Set(chosen).size === chosen.length, 'A permission stands in the list once.')
  .meta({ uniqueItems: true, examples: [['members:read', 'audit_log:read']] })

export const Role = z
  .strictObject({
    object: z.literal('role'),
    key: z.string().meta({ examples: ['auditor'] }),
    name: z.string().meta({ examples: ['Auditor'] }),
    description: z.string().meta({ examples: ['Reads the audit log.'] }),
    permissions: z.array(permission).meta({ examples: [['organization:read', 'members:read', 'audit_log:read']] }),
    built_in: z.boolean().meta({ examples: [false] }),
  })
  .meta({ id: 'Role' })
export const RoleList = list(Role).meta({ id: 'RoleList' })

/** May be empty, unlike a name. */
const description = line(500)
  .or(z.literal(''))
  .meta({ examples: ['Reads the audit log.'] })

export const CreateRole = z
  .strictObject({
    key: roleKey.meta({ description: 'Stays as it is for good.', examples: ['auditor'] }),
    name: line(100).meta({ examples: ['Auditor'] }),
    description: description.default(''),
    permissions: permissions.describe('None that you lack, and none of those that only an owner can hold.'),
  })
  .meta({
    id: 'CreateRole',
    examples: [{ key: 'auditor', name: 'Auditor', permissions: ['members:read', 'audit_log:read'] }],
  })

export const UpdateRole = z
  .strictObject({
    name: line(100).optional(),
    description: description.optional(),
    permissions: permissions.optional(),
  })
  .meta({ id: 'UpdateRole', examples: [{ name: 'Auditor', permissions: ['audit_log:read'] }] })

export const DeleteRole = z.strictObject({
  reassign_to: roleKey.optional().describe('The people who hold the role get this one instead.'),
})
