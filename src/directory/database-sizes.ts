import { failureOf } from '../records/failure.ts'
import { type DirectoryBindings, directoriesOf } from './directories.ts'

/** What one D1 database can hold. */
export const CAPACITY_BYTES = 10_000_000_000
const NEARLY_FULL_PERCENT = 70

export interface DatabaseSize {
  /** Of the binding. */
  readonly name: string
  /** Null: the database is out of reach. */
  readonly bytes: number | null
  /** Of the capacity, rounded down. */
  readonly percent: number | null
  readonly state: 'ok' | 'nearly_full' | 'unreachable'
}

interface Bindings extends DirectoryBindings {
  readonly ACCOUNTS: D1Database
  readonly LOGS: D1Database
}

/** Of each D1 database of the deployment. D1 tells its size with each answer. */
export function databaseSizes(env: Bindings): Promise<DatabaseSize[]> {
  const { ACCOUNTS, LOGS } = env
  const all = [{ name: 'ACCOUNTS', database: ACCOUNTS }, ...directoriesOf(env), { name: 'LOGS', database: LOGS }]
  return Promise.all(all.map(({ name, database }) => sizeOf(name, database)))
}

async function sizeOf(name: string, database: D1Database): Promise<DatabaseSize> {
  try {
    const { meta } = await database.prepare('select 1').run()
    return filling(name, meta.size_after)
  } catch (error) {
    console.warn({ message: 'size of a database not read', database: name, error: failureOf(error) })
    return { name, bytes: null, percent: null, state: 'unreachable' }
  }
}

export function filling(name: string, bytes: number): DatabaseSize {
  const percent = Math.floor((bytes / CAPACITY_BYTES) * 100)
  return { name, bytes, percent, state: percent >= NEARLY_FULL_PERCENT ? 'nearly_full' : 'ok' }
}
