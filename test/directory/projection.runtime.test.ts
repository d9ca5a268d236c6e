import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { projectTogether } from '../../src/directory/projection.ts'
import type { Projection } from '../../src/records/projection.ts'
import {
  directoryEquals,
  directoryHasRows,
  directoryLags,
  forgetInDirectory,
  settled,
} from '../support/directory-equals.ts'
import { foundOrganization, type LivingOrganization, livingOrganization } from '../support/living-organization.ts'
import { projected, projectInto } from '../support/projecting.ts'
import { beginning, history } from '../support/random-history.ts'
import { RandomRun } from '../support/random-run.ts'

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})

const project = projectInto(env.DIRECTORY)
const together = projectTogether(env.DIRECTORY)

/** What the relay of one random history would have sent, batch by batch, with nothing of it sent. */
async function recorded(begin: Parameters<RandomRun['begin']>[2], steps: Parameters<RandomRun['go']>[2]) {
  const acme = livingOrganization()
  const batches: Projection[] = []
  const run = new RandomRun(
    acme.id,
    new Map(),
    projected((batch) => batches.push(batch)),
  )
  await acme.inside(async (object, storage) => {
    await run.begin(object, storage, begin)
    await run.go(object, storage, steps)
  })
  await settled(acme)
  return { acme, batches }
}

const arrive = async (batches: readonly Projection[]): Promise<void> => {
  for (const batch of batches) await project(batch)
}

/** As the writer merges them: several at a time in one transaction. */
async function arriveMerged(batches: readonly Projection[], atOnce: number): Promise<void> {
  for (let start = 0; start < batches.length; start += atOnce) await together(batches.slice(start, start + atOnce))
}

/** All batches at least once, in any order. */
const jumbled = (batches: readonly Projection[]): fc.Arbitrary<Projection[]> => {
  const repeats = fc.array(fc.constantFrom(...batches), { maxLength: 10 })
  return repeats.chain((again) => {
    const all = [...batches, ...again]
    return fc.shuffledSubarray(all, { minLength: all.length })
  })
}

test('the batches of any history lead to the same directory in whatever order, however often and however merged they arrive', {
  timeout: 120_000,
}, async () => {
  const holds = fc.asyncProperty(beginning, history(40), fc.infiniteStream(fc.nat()), async (begin, steps, seeds) => {
    const { acme, batches } = await recorded(begin, steps)
    for (const seed of [seeds.next().value, seeds.next().value]) {
      const [order] = fc.sample(jumbled(batches), { numRuns: 1, seed })
      await forgetInDirectory(acme)
      await (seed % 2 === 0 ? arrive(order ?? []) : arriveMerged(order ?? [], 1 + (seed % 7)))
      await directoryHasRows(acme)
      // A batch that overtakes the one before it does not tell that everything has arrived.
      await arrive(batches)
      await directoryEquals(acme)
    }
  })
  await fc.assert(holds, { numRuns: 8 })
})

test('batches that arrive at the same time lead to the same directory too', async () => {
  const [begin] = fc.sample(beginning, 1)
  const [steps] = fc.sample(history(40), 1)
  const { acme, batches } = await recorded(begin ?? fail(), steps ?? fail())

  await Promise.all([...batches, ...batches].reverse().map(project))

  await directoryHasRows(acme)
})

describe('an overtaken batch', () => {
  test('never takes the directory back to what was before', async () => {
    const { acme, batches } = await threeBatches()
    await arrive(batches)

    await project(batches[0] ?? fail())

    await directoryEquals(acme)
  })
  test('brings what it alone has', async () => {
    const { acme, batches } = await threeBatches()
    const [first, second, third] = batches
    await arrive([third ?? fail(), first ?? fail()])
    await directoryLags(acme)

    await project(second ?? fail())

    await directoryHasRows(acme)
  })
})

test('rows of one organization leave those of another alone', async () => {
  const one = await foundOrganization({ owners: ['ann'], members: ['bob'] })
  const other = await foundOrganization({ owners: ['ann'], members: ['bob'] })
  for (const acme of [one, other]) await acme.execute(acme.say.createRole('reader', ['members:read']))
  await one.execute(one.say.deleteRole('reader'))
  await settled(one)
  await settled(other)

  await directoryEquals(one)
  await directoryEquals(other)
})

test('a batch is one transaction: when one row does not fit, none arrives', async () => {
  const { acme, batches } = await threeBatches()
  const [first] = batches
  const broken = {
    ...(first ?? fail()),
    rows: { ...(first ?? fail()).rows, members: ['["mem_without_the_rest"]'] },
  }

  await expect(project(broken)).rejects.toThrow()

  const found = await env.DIRECTORY.prepare('select * from organizations where id = ?').bind(acme.id).all()
  expect(found.results).toEqual([])
})

/** Of one organization: founded, somebody invited, renamed; nothing of it has arrived yet. */
async function threeBatches(): Promise<{ acme: LivingOrganization; batches: Projection[] }> {
  const batches: Projection[] = []
  const acme = await foundOrganization({
    owners: ['ann'],
    seams: { project: projected((batch) => batches.push(batch)) },
  })
  await settled(acme)
  await acme.execute(acme.say.inviteMember('bob@x.test'))
  await settled(acme)
  await acme.execute(acme.say.updateOrganization({ name: 'Ajax' }))
  await settled(acme)
  expect(batches).toHaveLength(3)
  return { acme, batches }
}

function fail(): never {
  throw new Error('There is none')
}
