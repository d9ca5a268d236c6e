import * as z from 'zod'

export const Health = z
  .strictObject({
    object: z.literal('health'),
    status: z.enum(['ok', 'degraded']),
    directory: z.enum(['ok', 'unreachable']).describe('`unreachable` if any of the directories is.'),
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
    databases: z
      .array(
        z.strictObject({
          name: z.string().meta({ examples: ['ACCOUNTS'] }),
          size_bytes: z
            .int()
            .nullable()
            .meta({ description: 'Null while the database is unreachable.', examples: [1_048_576] }),
          percent_full: z
            .int()
            .nullable()
            .meta({ description: 'Of the 10 GB that a D1 database can hold.', examples: [0] }),
          state: z
            .enum(['ok', 'nearly_full', 'unreachable'])
            .describe('`nearly_full` from 70 % on: then add a directory, or see what fills the database.'),
        }),
      )
      .optional()
      .describe('The size of each D1 database. Only the operator sees this.'),
  })
  .meta({ id: 'Health' })
