import * as z from 'zod'

export const Health = z
  .strictObject({
    object: z.literal('health'),
    status: z.enum(['ok', 'degraded']),
    directory: z.enum(['ok', 'unreachable']),
    relay: z.strictObject({
      lagging_organizations: z
        .int()
        .nullable()
        .meta({ description: 'Whose changes reach the directory late; null while it is unreachable.', examples: [0] }),
    }),
  })
  .meta({ id: 'Health' })
