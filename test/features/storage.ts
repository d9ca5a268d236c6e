import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { OrganizationObject } from '../../src/organization/organization-object.ts'
import { type Rows, rowsOf } from '../support/organization-rows.ts'

/** What lies beneath the API: an organization's own storage, and the directory. */

interface Named {
  readonly id: string
}

export const inside = <R>(
  { id }: Named,
  run: (storage: DurableObjectStorage, object: OrganizationObject) => R | Promise<R>,
): Promise<R> => runInDurableObject(env.ORGANIZATION.getByName(id), (object, { storage }) => run(storage, object))

/** Every row, the counts and the waiting messages of an organization. */
export const everythingOf = (team: Named): Promise<Rows> => inside(team, (storage) => rowsOf(storage))

/** Writes past all rules, as only somebody with access to the storage could. */
export const tamper = (team: Named, statement: string, ...values: SqlStorageValue[]): Promise<void> =>
  inside(team, ({ sql }) => void sql.exec(statement, ...values))

export async function inDirectory<Row>(statement: string, ...values: unknown[]): Promise<Row[]> {
  const { results } = await env.DIRECTORY.prepare(statement)
    .bind(...values)
    .all<Row>()
  return results
}
