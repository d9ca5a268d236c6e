import { z } from 'zod'
import { id, line, list, shownTime, time } from './fields.ts'
import { Actor } from './invitations.ts'
import { permission, permissions } from './roles.ts'

export const ApiKey = z.strictObject({
  object: z.literal('api_key'),
  id: id('key'),
  name: z.string(),
  permissions: z.array(permission),
  last_four: z.string(),
  created_by: Actor,
  created_at: shownTime,
  expires_at: shownTime.nullable(),
  last_used_at: shownTime.nullable(),
  /** The key itself, in the one answer that creates it and nowhere else. */
  secret: z.string().optional(),
})
export const ApiKeyList = list(ApiKey)

export const CreateApiKey = z.strictObject({
  name: line(100),
  permissions: permissions.min(1),
  expires_at: time.nullable().default(null),
})
