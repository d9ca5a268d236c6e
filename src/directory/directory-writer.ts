import { DurableObject } from 'cloudflare:workers'
import { configOf } from '../env.ts'
import type { Projected, Projection } from '../records/projection.ts'
import { directoryNamed } from './directories.ts'
import { type ProjectTogether, projectionBytes, projectTogether } from './projection.ts'
import { type BatchAnswer, SharedBatches } from './shared-batches.ts'

/** What the writer takes from outside. A field, so that it is out of reach of RPC; tests replace it. */
interface Seams {
  projectTogether: ProjectTogether
}

/**
 * Writes the projections of many organizations into one directory, with as few D1 batches as possible: a commit of D1 costs
 * as much as some 200 rows. A caller gets its answer once its rows are in D1. The writer keeps nothing in storage: what
 * waits in memory when it dies is sent again by the relays, whose cursors move only after the answer.
 */
export class DirectoryWriter extends DurableObject<Env> {
  readonly seams: Seams
  readonly #batches: SharedBatches<Projection, Projected>

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    if (ctx.id.name === undefined) throw new Error('A directory writer is reached by its name')
    const directory = directoryNamed(env, directoryIn(ctx.id.name))
    this.seams = { projectTogether: projectTogether(directory) }
    this.#batches = new SharedBatches({
      write: (projections) => this.seams.projectTogether(projections),
      bytesOf: projectionBytes,
      ownerOf: ({ organizationId }) => organizationId,
      isAboutData,
    })
  }

  write(projection: Projection): Promise<BatchAnswer<Projected>> {
    return this.#batches.add(projection)
  }
}

/**
 * Results of SQLite that depend on the values written. All other failures of D1 concern every organization, a directory
 * whose tables are not those of this code too.
 */
function isAboutData(error: unknown): boolean {
  const message = error instanceof Error ? error.message : ''
  if (/no such (table|column)|has no column named/.test(message)) return false
  return /SQLITE_(CONSTRAINT|ERROR|MISMATCH|RANGE|TOOBIG)/.test(message)
}

/** Sends a projection to the writer of its directory. Rejects if the writer is busy or could not write it. */
export async function projectThroughWriter(env: Env, directory: string, projection: Projection): Promise<Projected> {
  const { DIRECTORY_LOCATION: locationHint, DIRECTORY_WRITERS: writers } = configOf(env)
  const name = writerName(directory, projection.organizationId, writers)
  // A new stub for each call: a stub fails for good once its object has died.
  const writer = env.DIRECTORY_WRITER.getByName(name, locationHint === undefined ? {} : { locationHint })
  const written = await writer.write(projection)
  if (written.ok) return written.value
  const { error } = written
  throw new Error(error.code === 'busy' ? 'The directory writer is busy' : error.detail)
}

/** The last character of an organization's id is random, so that organizations are spread evenly. */
export const writerName = (directory: string, organizationId: string, writers: number): string =>
  `${directory}.${organizationId.charCodeAt(organizationId.length - 1) % writers}`

const directoryIn = (writer: string): string => writer.slice(0, writer.indexOf('.'))
