import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { RELAYED_TABLES } from '../../src/records/projection.ts'
import type { LivingOrganization } from './living-organization.ts'
import { directoryRowsOf, type Rows } from './organization-rows.ts'

/** Lets the relay go on until nothing is left to bring anywhere, and the alarm until nothing is left to look after. */
export async function settled(acme: LivingOrganization): Promise<void> {
  const waits = async () => Object.values((await acme.wake()).waiting).some((since) => since !== null)
  for (let tries = 0; await waits(); tries += 1) if (tries === 100) throw new Error('The relay does not come to an end')
  while (await acme.alarm());
}

/** Every row of every table that is relayed is in the directory as the object has it, and no other. */
export async function directoryHasRows(acme: LivingOrganization): Promise<Rows> {
  const [rows, directory] = [await acme.rows(), await directoryRowsOf(env.DIRECTORY, acme.id)]
  for (const table of RELAYED_TABLES) expect(directory[table], table).toEqual(rows[table])
  return rows
}

/** The same, and the directory knows that it has everything. */
export async function directoryEquals(acme: LivingOrganization): Promise<void> {
  const rows = await directoryHasRows(acme)
  const progress = await env.DIRECTORY.prepare('select * from projections where organization_id = ?')
    .bind(acme.id)
    .first()
  const { revision, version } = rows.ledger
  expect(progress).toMatchObject({ revision, head_version: version, projected_version: version })
}

/** The directory knows nothing of the organization, or not all. */
export async function directoryLags(acme: LivingOrganization): Promise<void> {
  const [rows, directory] = [await acme.rows(), await directoryRowsOf(env.DIRECTORY, acme.id)]
  expect(RELAYED_TABLES.map((table) => directory[table])).not.toEqual(RELAYED_TABLES.map((table) => rows[table]))
}

export const forgetInDirectory = async (acme: LivingOrganization): Promise<void> => {
  await env.DIRECTORY.batch([
    ...RELAYED_TABLES.map((table) =>
      env.DIRECTORY.prepare(
        `delete from ${table} where ${table === 'organizations' ? 'id' : 'organization_id'} = ?`,
      ).bind(acme.id),
    ),
    env.DIRECTORY.prepare('delete from projections where organization_id = ?').bind(acme.id),
  ])
}
