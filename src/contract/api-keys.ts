import * as z from 'zod'
import { id, line, list, shownTime, time } from './fields.ts'
import { Actor } from './invitations.ts'
import { permission, permissions } from './roles.ts'

export const ApiKey = z
  .strictObject({
    object: z.literal('api_key'),
    id: id('key'),
    name: z.string().meta({ examples: ['Nightly sync'] }),
    permissions: z.array(permission).meta({ examples: [['members:read']] }),
    last_four: z.string().meta({ examples: ['x7Qa'] }),
    created_by: Actor,
    maker_left: z.boolean().meta({
      description:
        'The person who created the key has left or lost permissions. The key belongs to the organization, or to the person who kept it (`created_by`); replace it, because the person who created it may still know its secret.',
      examples: [false],
    }),
    created_at: shownTime,
    expires_at: shownTime.nullable(),
    last_used_at: shownTime.nullable().meta({ examples: [null] }),
    secret: z
      .string()
      .optional()
      .meta({
        description: 'The key itself, in the one answer that creates it and nowhere else.',
        examples: ['mk_org_01h455vb4pex5vsknk084sn02q_...x7Qa'],
      }),
  })
  .meta({ id: 'ApiKey' })
export const ApiKeyList = list(ApiKey).meta({ id: 'ApiKeyList' })

export const CreateApiKey = z
  .strictObject({
    name: line(100).meta({ examples: ['Nightly sync'] }),
    permissions: permissions.min(1).meta({
      uniqueItems: true,
      description:
        'Only permissions that you have, and none of owners:manage, organization:delete and api_keys:manage.',
    }),
    expires_at: time.nullable().default(null),
  })
  .meta({ id: 'CreateApiKey', examples: [{ name: 'Nightly sync', permissions: ['members:read'] }] })
