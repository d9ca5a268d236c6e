import { projectTogether } from '../../src/directory/projection.ts'
import type { Seams } from '../../src/organization/organization-object.ts'
import type { Projected, Projection } from '../../src/records/projection.ts'

type Project = Seams['project']

/** Writes each projection by itself, without the writer between. */
export function projectInto(directory: D1Database): Project {
  const together = projectTogether(directory)
  return async (projection) => {
    const [projected] = await together([projection])
    if (projected === undefined) throw new Error('There is no answer')
    return projected
  }
}

/** The answer of a directory that had everything before. */
export const asKnown = ({ projectedVersion }: Projection): Projected => ({ knownVersion: projectedVersion })

/** Shows each projection to the test, and answers as if it was written. */
export const projected =
  (see: (projection: Projection) => void = () => {}): Project =>
  async (projection) => {
    see(projection)
    return asKnown(projection)
  }
