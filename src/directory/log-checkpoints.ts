import { and, asc, between, eq, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { logCheckpoints, projections } from '../records/directory-tables.ts'
import { blockOf, type LogEntryHash } from '../records/projection.ts'

/**
 * Hashes of an organization's log entries as recorded in the directory, in the log's order: one for every
 * few entries after `afterSeq` and up to `upToSeq`, and the newest one.
 */
export async function logCheckpointsOf(
  directory: D1Database,
  organizationId: string,
  { afterSeq, upToSeq }: { readonly afterSeq: number; readonly upToSeq: number },
): Promise<LogEntryHash[]> {
  const inReach = between(logCheckpoints.block, blockOf(afterSeq), blockOf(upToSeq))
  return (await checkpointsWhere(directory, organizationId, inReach)).filter(({ seq }) => seq > afterSeq)
}

const CHECKPOINTS_PER_EXPORT = 500

/** The same over the whole log, at most some hundred of them at even distances. */
export async function logCheckpointsForExport(directory: D1Database, organizationId: string): Promise<LogEntryHash[]> {
  const last = sql`(select max(block) from ${logCheckpoints} where organization_id = ${organizationId})`
  const evenly = sql`${logCheckpoints.block} % (1 + ${last} / ${CHECKPOINTS_PER_EXPORT}) = 0`
  return checkpointsWhere(directory, organizationId, evenly)
}

async function checkpointsWhere(directory: D1Database, organizationId: string, which: SQL): Promise<LogEntryHash[]> {
  const database = drizzle(directory)
  const [kept, newest] = await database.batch([
    database
      .select({ seq: logCheckpoints.seq, hash: logCheckpoints.hash })
      .from(logCheckpoints)
      .where(and(eq(logCheckpoints.organizationId, organizationId), which))
      .orderBy(asc(logCheckpoints.block)),
    database
      .select({ seq: projections.logSeq, hash: projections.logHash })
      .from(projections)
      .where(eq(projections.organizationId, organizationId)),
  ])
  return [...kept, ...newest]
}
