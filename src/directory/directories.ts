import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { directoryNames } from '../env.ts'
import { creationClaims } from '../records/account-tables.ts'

/*
 * The directories: D1 databases with one schema, each with the copies of some organizations. An organization goes to the
 * directory that is current when it is created, and stays there. Its claim remembers the name, and so does its object.
 */

export interface Directory {
  /** The name of the binding. */
  readonly name: string
  readonly database: D1Database
}

const bound = new WeakMap<object, readonly Directory[]>()

/** What they are found in. The first one is always bound, `DIRECTORY_2` and so on may be. */
export interface DirectoryBindings {
  readonly DIRECTORY: D1Database
}

/** All of them, as they are bound. */
export function directoriesOf(env: DirectoryBindings): readonly Directory[] {
  const known = bound.get(env)
  if (known !== undefined) return known
  const found = directoryNames(env).map((name) => ({ name, database: (env as unknown as Bound)[name] as D1Database }))
  bound.set(env, found)
  return found
}

type Bound = { readonly [name: string]: unknown }

/** Throws if it is not bound: then the deployment lacks a database that organizations were created in. */
export function directoryNamed(env: DirectoryBindings, name: string): D1Database {
  const found = directoriesOf(env).find((directory) => directory.name === name)
  if (found === undefined) throw new Error(`The directory ${name} is not bound`)
  return found.database
}

/** Asks every directory at once. Rejects if one is out of reach: an answer without it would be incomplete, and nobody would know. */
export const askAll = <T>(all: readonly Directory[], ask: (database: D1Database) => Promise<T>): Promise<T[]> =>
  Promise.all(all.map(({ database }) => ask(database)))

export const askAllForList = async <T>(
  all: readonly Directory[],
  ask: (database: D1Database) => Promise<readonly T[]>,
): Promise<T[]> => (await askAll(all, ask)).flat()

const PLACES_KEPT = 10_000

/** By `ACCOUNTS`. An organization never moves, so what is known stays true. */
const places = new WeakMap<D1Database, Map<string, string>>()

interface Bindings extends DirectoryBindings {
  readonly ACCOUNTS: D1Database
}

/**
 * The directory of an organization: by its claim or, if the claim is lost, by where its copy is. Null: there is no such
 * organization, or nothing of it has arrived anywhere.
 */
export const directoryOf = async (env: Bindings, organizationId: string): Promise<D1Database | null> =>
  (await claimedDirectory(env, organizationId)) ?? copyHolder(directoriesOf(env), organizationId)

/** The directory of an organization by its claim alone. Null: there is no claim. */
export async function claimedDirectory(env: Bindings, organizationId: string): Promise<D1Database | null> {
  const all = directoriesOf(env)
  const [only] = all
  if (all.length === 1 && only !== undefined) return only.database
  const known = places.get(env.ACCOUNTS) ?? new Map<string, string>()
  places.set(env.ACCOUNTS, known)
  const place = known.get(organizationId)
  if (place !== undefined) return directoryNamed(env, place)
  const claim = await claimOf(env.ACCOUNTS, organizationId)
  if (claim === undefined) return null
  if (claim.confirmed) remember(known, organizationId, claim.directory)
  return directoryNamed(env, claim.directory)
}

const claimOf = (accounts: D1Database, organizationId: string) =>
  drizzle(accounts)
    .select({ directory: creationClaims.directory, confirmed: creationClaims.confirmed })
    .from(creationClaims)
    .where(eq(creationClaims.organizationId, organizationId))
    .get()

function remember(known: Map<string, string>, organizationId: string, directory: string): void {
  const [oldest] = known.keys()
  if (known.size >= PLACES_KEPT && oldest !== undefined) known.delete(oldest)
  known.set(organizationId, directory)
}

async function copyHolder(all: readonly Directory[], organizationId: string): Promise<D1Database | null> {
  const holders = await askAllForList(all, async (database) => {
    const query =
      'select 1 from projections where organization_id = ?1 union all select 1 from organizations where id = ?1'
    return (await database.prepare(query).bind(organizationId).first()) === null ? [] : [database]
  })
  return holders[0] ?? null
}
