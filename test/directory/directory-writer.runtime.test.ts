import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { typeidUnboxed } from 'typeid-js'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type DirectoryWriter, projectThroughWriter, writerName } from '../../src/directory/directory-writer.ts'
import { forgetErasures } from '../../src/directory/erasure.ts'
import { type ProjectTogether, projectTogether } from '../../src/directory/projection.ts'
import { organizations, roles } from '../../src/records/directory-tables.ts'
import type { Projection } from '../../src/records/projection.ts'
import { jsonRow } from '../../src/records/upsert.ts'
import { runCron } from '../support/cron.ts'
import { directoryEquals, settled } from '../support/directory-equals.ts'
import { foundOrganization, type LivingOrganization } from '../support/living-organization.ts'

const DAY = 86_400_000
const together = projectTogether(env.DIRECTORY)
const writer = () => env.DIRECTORY_WRITER.getByName(writerName('DIRECTORY', 'org_0', 1))
const write = (projection: Projection) => writer().write(projection)

const inWriter = (projectTogether: ProjectTogether): Promise<void> =>
  runInDurableObject(writer(), (object: DirectoryWriter) => {
    object.seams.projectTogether = projectTogether
  })

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})
beforeEach(() => inWriter(together))

/** A directory that is seen at work and does nothing before the test lets it. */
async function given({ held = false } = {}) {
  const batches: (readonly Projection[])[] = []
  let release = () => {}
  const released = held ? new Promise<void>((resolve) => (release = resolve)) : Promise.resolve()
  await inWriter(async (projections) => {
    batches.push(projections)
    await released
    return together(projections)
  })
  return { batches, release }
}

const organizationRow = jsonRow(organizations)
const roleRow = jsonRow(roles)

/** What an organization sends that has nothing but itself and a role. */
function projectionOf(id: string, { version = 1, name = 'Acme', isBad = false } = {}): Projection {
  const times = { createdAt: 1, updatedAt: 1 }
  const organization = { id, name, nameKey: name, slug: id, ownership: 'multiple', ...times, revision: 1, version }
  const role = { organizationId: id, key: 'reader', name: 'Reader', description: '', permissions: [], deleted: false }
  return {
    organizationId: id,
    rows: {
      organizations: [organizationRow(organization)],
      members: [],
      invitations: [],
      roles: isBad ? ['["a row of too few columns"]'] : [roleRow({ ...role, revision: 1, version })],
      api_keys: [],
    },
    headVersion: version,
    projectedVersion: version,
    fromVersion: 0,
    revision: 1,
    mailWaitingSince: null,
    logHead: { seq: version, hash: `hash ${version}` },
  }
}

const newIds = (count: number) => Array.from({ length: count }, () => typeidUnboxed('org'))

async function rowsOf(table: string, id: string): Promise<Record<string, unknown>[]> {
  const column = table === 'organizations' ? 'id' : 'organization_id'
  const { results } = await env.DIRECTORY.prepare(`select * from ${table} where ${column} = ?`).bind(id).all()
  return results
}

const isThere = async (id: string) =>
  (await rowsOf('organizations', id)).length + (await rowsOf('roles', id)).length === 2

describe('changes of 100 organizations at the same moment', () => {
  test('are few batches, and each caller is answered after its rows are there', async () => {
    const { batches } = await given()
    const ids = newIds(100)

    const found = await Promise.all(
      ids.map(async (id) => {
        const answer = await write(projectionOf(id))
        return { answer, isThere: await isThere(id) }
      }),
    )

    expect(found).toEqual(ids.map(() => ({ answer: { ok: true, value: { knownVersion: null } }, isThere: true })))
    expect(batches.flat()).toHaveLength(100)
    expect(batches.length).toBeLessThanOrEqual(5)
  })

  test('are as many statements as there are tables, not organizations', async () => {
    const statements = vi.fn()
    const counted = new Proxy(env.DIRECTORY, {
      get: (directory, name: keyof D1Database) =>
        name === 'batch'
          ? (all: D1PreparedStatement[]) => {
              statements(all.length)
              return directory.batch(all)
            }
          : directory[name].bind(directory),
    })
    await projectTogether(counted)(newIds(100).map((id) => projectionOf(id)))
    expect(statements.mock.calls).toEqual([[5]])
  })
})

test('the writer answers with what the directory had before the batch', async () => {
  const [id = ''] = newIds(1)
  expect(await write(projectionOf(id, { version: 3 }))).toEqual({ ok: true, value: { knownVersion: null } })
  expect(await write(projectionOf(id, { version: 5 }))).toEqual({ ok: true, value: { knownVersion: 3 } })
  await env.DIRECTORY.prepare('delete from projections where organization_id = ?').bind(id).run()
  expect(await write(projectionOf(id, { version: 6 }))).toEqual({ ok: true, value: { knownVersion: null } })
})

test.each([
  ['older', 'newer'],
  ['newer', 'older'],
])(
  'of two projections of one organization in one batch, the %s before the %s, the newer row stays',
  async (...order) => {
    const [id = ''] = newIds(1)
    const projections = {
      older: projectionOf(id, { version: 1, name: 'Older' }),
      newer: projectionOf(id, { version: 2, name: 'Newer' }),
    }
    await together(order.map((which) => projections[which as 'older' | 'newer']))

    expect(await rowsOf('organizations', id)).toMatchObject([{ name: 'Newer', version: 2 }])
    expect(await rowsOf('projections', id)).toMatchObject([{ projected_version: 2, log_seq: 2, log_hash: 'hash 2' }])
  },
)

test('rows beyond the limit of a parameter are written by several statements', async () => {
  const id = typeidUnboxed('org')
  const large = projectionOf(id, { name: 'x'.repeat(1_500_000) })
  const ids = newIds(3)
  await together([large, ...ids.map((other) => projectionOf(other, { name: 'y'.repeat(400_000) }))])
  for (const one of [id, ...ids]) expect(await isThere(one)).toBe(true)
})

test('an organization with a row that D1 refuses does not hold up others', async () => {
  const { batches } = await given()
  const ids = newIds(20)
  const bad = typeidUnboxed('org')

  const answers = await Promise.all([
    write(projectionOf(bad, { isBad: true })),
    ...ids.map((id) => write(projectionOf(id))),
  ])

  expect(answers[0]).toMatchObject({ ok: false, error: { code: 'failed' } })
  expect(answers.slice(1)).toEqual(ids.map(() => ({ ok: true, value: { knownVersion: null } })))
  for (const id of ids) expect(await isThere(id)).toBe(true)
  expect(await rowsOf('organizations', bad)).toEqual([])
  expect(batches.length).toBeGreaterThan(20)
})

test('a directory without a table fails for all at once, not organization by organization', async () => {
  let batches = 0
  await inWriter(() => {
    batches += 1
    return Promise.reject(new Error('D1_ERROR: no such table: members: SQLITE_ERROR'))
  })
  const answers = await Promise.all(newIds(20).map((id) => write(projectionOf(id))))
  expect(answers.every(({ ok }) => !ok)).toBe(true)
  expect(batches).toBeLessThan(20)
})

const large = projectionOf(typeidUnboxed('org'), { name: 'x'.repeat(500_000) })

/** A writer that takes nothing more until it is released: some callers wait, the others were refused. */
async function full() {
  const { release } = await given({ held: true })
  const refused = vi.fn()
  const answers = Array.from({ length: 20 }, async () => {
    const answer = await write(large)
    if (!answer.ok) refused(answer.error)
    return answer
  })
  await vi.waitFor(() => expect(refused).toHaveBeenCalled())
  return { refused, release, answers }
}

test('while 16 MB wait, further callers are refused at once, and those that wait are written', async () => {
  const { refused, release, answers } = await full()
  await expect(projectThroughWriter(env, 'DIRECTORY', large)).rejects.toThrow('The directory writer is busy')
  release()
  const written = (await Promise.all(answers)).filter(({ ok }) => ok)

  expect(written.length).toBeGreaterThanOrEqual(14)
  expect(refused.mock.calls).toEqual(Array.from({ length: 20 - written.length }, () => [{ code: 'busy' }]))
})

describe('an organization object', () => {
  test.each([
    ['before', async () => new Promise<never>(() => {})],
    [
      'after',
      async (projections: readonly Projection[]) => together(projections).then(() => new Promise<never>(() => {})),
    ],
  ] as const)('whose writer dies %s D1 has its rows sends them again', async (_, stop) => {
    const acme = await foundOrganization({ owners: ['ann'] })
    await settled(acme)
    const reached = vi.fn()
    await inWriter((projections) => {
      reached()
      return stop(projections)
    })
    await acme.execute(acme.say.addMember('bob'))
    await vi.waitFor(() => expect(reached).toHaveBeenCalled())

    await abortAllDurableObjects()
    await acme.seams({ enqueue: async () => {} })

    await settled(acme)
    await directoryEquals(acme)
  })
})

describe('an erased organization', () => {
  /** Deleted more than 30 days ago, and found by cron. */
  async function erase(acme: LivingOrganization): Promise<void> {
    await acme.seams({ clock: () => Date.now() + 31 * DAY, enqueue: async () => {} })
    await runCron(Date.now() + 31 * DAY)
    expect(await acme.wake()).toMatchObject({ exists: false })
  }

  async function expectNothingOf({ id }: LivingOrganization): Promise<void> {
    for (const table of ['organizations', 'members', 'projections', 'log_checkpoints'])
      expect(await rowsOf(table, id), table).toEqual([])
  }

  test('does not come back with a projection that was on its way when its object died', async () => {
    const acme = await foundOrganization({ owners: ['ann'], members: ['bob'] })
    await acme.execute(acme.say.deleteOrganization())
    await settled(acme)
    const late: Projection[] = []
    await acme.seams({
      project: (projection) => {
        late.push(projection)
        return new Promise<never>(() => {})
      },
    })
    void acme.rebuild().catch(() => undefined)
    await vi.waitFor(() => expect(late).toHaveLength(1))
    await abortAllDurableObjects()

    await erase(acme)
    await expectNothingOf(acme)
    const [projection] = late
    if (projection === undefined) throw new Error('Nothing is late')

    expect(await write(projection)).toEqual({ ok: true, value: { knownVersion: projection.projectedVersion } })
    await expectNothingOf(acme)
  })

  test('is erased although its object died between directory and storage, and its relay sends everything again', async () => {
    const acme = await foundOrganization({ owners: ['ann'], members: ['bob'] })
    await acme.execute(acme.say.deleteOrganization())
    await settled(acme)
    await acme.inside((object) => object.seams.erase(acme.id, 'DIRECTORY'))
    await acme.rebuild()
    expect(await rowsOf('members', acme.id)).toEqual([])

    await erase(acme)

    await expectNothingOf(acme)
  })

  test('is forgotten a day later', async () => {
    const acme = await foundOrganization({ owners: ['ann'] })
    await acme.execute(acme.say.deleteOrganization())
    await settled(acme)
    await erase(acme)
    expect(await rowsOf('erased_organizations', acme.id)).toHaveLength(1)

    await forgetErasures(env.DIRECTORY, Date.now() + 33 * DAY, 1_000)

    expect(await rowsOf('erased_organizations', acme.id)).toEqual([])
  })
})
