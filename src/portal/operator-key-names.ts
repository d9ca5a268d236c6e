import { operatorKeyNames } from '../accounts/operator-keys.ts'
import type { Actor } from '../membership/actor.ts'
import type { Names } from '../membership/queries.ts'
import { failureOf, isOutage } from '../records/failure.ts'

/** The names with those of the operator keys that acted. While the directory is out of reach, keys go by their ids. */
export async function withOperatorKeys(
  accounts: D1Database,
  events: readonly { readonly actor: Actor }[],
  names: Names,
): Promise<Names> {
  const ids = events.flatMap(({ actor }) =>
    [actor, actor.via].flatMap((one) => (one?.type === 'operator' && one.id !== null ? [one.id] : [])),
  )
  if (ids.length === 0) return names
  try {
    return { ...names, ...(await operatorKeyNames(accounts, ids)) }
  } catch (error) {
    if (!isOutage(error)) throw error
    console.warn({ message: 'names of operator keys could not be read', error: failureOf(error) })
    return names
  }
}
