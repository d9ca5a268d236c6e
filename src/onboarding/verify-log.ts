import { directoryOf } from '../directory/directories.ts'
import { logCheckpointsForExport, logCheckpointsOf } from '../directory/log-checkpoints.ts'
import type { Caller } from '../membership/actor.ts'
import type { Rejection } from '../membership/rejection.ts'
import { type OrganizationNamespace, organizationClient } from '../organization/client.ts'
import { CHAIN_START } from '../records/event-chain.ts'
import { failureOf, isOutage } from '../records/failure.ts'
import type { LogEntryHash } from '../records/projection.ts'
import { ENTRIES_PER_STRETCH } from '../records/verification.ts'

interface DirectoryBindings {
  readonly ACCOUNTS: D1Database
  readonly DIRECTORY: D1Database
}

interface Bindings extends DirectoryBindings {
  readonly ORGANIZATION: OrganizationNamespace
}

export const LOG_START: LogEntryHash = { seq: 0, hash: CHAIN_START }

/** What one request verifies: a few seconds of the object's time, with pauses in which its other callers have their turn. */
const ENTRIES_PER_REQUEST = 100_000

export interface Verification {
  readonly verified: LogEntryHash
  /** The last entry of the log. */
  readonly headSeq: number
  /** Null: no fault was found so far. */
  readonly firstBrokenSeq: number | null
  /** Whether the directory could be asked for its checkpoints. */
  readonly isCompared: boolean
  readonly revision: number
}

type Verified =
  | ({ readonly ok: true } & Verification)
  | { readonly ok: false; readonly error: Rejection; readonly revision: number }

/**
 * Verifies the log from an entry that is verified already, stretch by stretch, against the checkpoints of the directory. A
 * long log takes several requests: each goes on from the entry that the one before has verified.
 */
export async function verifyLog(
  bindings: Bindings,
  organizationId: string,
  caller: Caller,
  from: LogEntryHash,
): Promise<Verified> {
  const client = organizationClient(bindings.ORGANIZATION, organizationId)
  const upToSeq = from.seq + ENTRIES_PER_REQUEST + ENTRIES_PER_STRETCH
  const known = await readCheckpoints(bindings, organizationId, (directory) =>
    logCheckpointsOf(directory, organizationId, { afterSeq: from.seq, upToSeq }),
  )
  const checkpoints = known ?? []
  let verified = from
  for (;;) {
    const { seq: afterSeq, hash: previousHash } = verified
    const expected = checkpoints.filter(({ seq }) => seq > afterSeq && seq <= afterSeq + ENTRIES_PER_STRETCH)
    const query = {
      type: 'VerifyEvents',
      afterSeq,
      previousHash,
      checkpoints: [...expected, ...checkpoints.slice(-1)],
    } as const
    const answered = await client.read(caller, query)
    if (!answered.ok) return answered
    const { verifiedUpTo, hash, headSeq, firstBrokenSeq } = answered.value
    verified = { seq: verifiedUpTo, hash }
    const isOver = firstBrokenSeq !== null || verifiedUpTo === headSeq
    if (isOver || verifiedUpTo - from.seq >= ENTRIES_PER_REQUEST) {
      return { ok: true, verified, headSeq, firstBrokenSeq, isCompared: known !== null, revision: answered.revision }
    }
  }
}

/** For an export; none while the directory is out of reach. */
export const checkpointsForExport = async (
  bindings: DirectoryBindings,
  organizationId: string,
): Promise<readonly LogEntryHash[]> =>
  (await readCheckpoints(bindings, organizationId, (directory) =>
    logCheckpointsForExport(directory, organizationId),
  )) ?? []

/** Without the directory the chain itself can still be verified. Null: the directory is out of reach. */
async function readCheckpoints(
  bindings: DirectoryBindings,
  organizationId: string,
  read: (directory: D1Database) => Promise<readonly LogEntryHash[]>,
): Promise<readonly LogEntryHash[] | null> {
  try {
    const directory = await directoryOf(bindings, organizationId)
    return directory === null ? [] : await read(directory)
  } catch (error) {
    if (!isOutage(error)) throw error
    console.warn({ message: 'checkpoints of a log not read', organization: organizationId, error: failureOf(error) })
    return null
  }
}
