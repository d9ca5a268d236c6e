import * as z from 'zod'

export const Health = z
  .strictObject({
    object: z.literal('health'),
    status: z.enum(['ok', 'degraded']),
    directory: z.enum(['ok', 'unreachable']),
    logs: z
      .enum(['ok', 'unreachable'])
      .describe('The database of the authentication log. Requests do not wait for it.'),
    dropped_log_writes: z.int().meta({
      description: 'Entries of the authentication log that this isolate could not write since it started.',
      examples: [0],
    }),
    relay: z.strictObject({
      lagging_organizations: z
        .int()
        .nullable()
        .meta({ description: 'Whose changes reach the directory late; null while it is unreachable.', examples: [0] }),
      oldest_unprojected_seconds: z
        .int()
        .nullable()
        .meta({
          description:
            'How long the oldest change of an organization has waited for the directory. 0: none waits; null while a database is unreachable.',
          examples: [0],
        }),
      oldest_unsent_mail_seconds: z
        .int()
        .nullable()
        .meta({
          description:
            'How long the oldest mail of an organization has waited for the queue. 0: none waits; null while a database is unreachable.',
          examples: [0],
        }),
    }),
  })
  .meta({ id: 'Health' })
