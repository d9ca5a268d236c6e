import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import type { OrganizationMessage } from '../../src/contract/mail-message.ts'
import type { Projection } from '../../src/records/projection.ts'
import { directoryEquals, directoryLags, forgetInDirectory, settled } from '../support/directory-equals.ts'
import { foundOrganization, type LivingOrganization } from '../support/living-organization.ts'
import { projectInto } from '../support/projecting.ts'

const project = projectInto(env.DIRECTORY)
const guests = (count: number) => Array.from({ length: count }, (_, index) => `guest${index}@x.test`)

test('what was committed is in the directory soon after, without any alarm', async () => {
  const acme = await foundOrganization({ owners: ['ann'], members: ['bob'] })
  await acme.execute(acme.say.inviteMember('cat@x.test'))

  await vi.waitFor(() => directoryEquals(acme))
})

test('every kind of change arrives, deletions included', async () => {
  const acme = await foundOrganization({ owners: ['ann'], members: ['bob', 'cat'] })
  for (const act of [
    acme.say.createRole('reader', ['members:read']),
    acme.say.updateMember('bob', { role: 'reader', profile: { name: 'Bob “B” O’Neill\n🙂' } }),
    acme.say.createApiKey('ci', ['members:read'], { by: 'ann' }),
    acme.say.inviteMember('dan@x.test', { name: 'Dan', role: 'reader' }),
    acme.say.suspendMember('bob'),
    acme.say.removeMember('cat'),
    acme.say.acceptInvitation('dan'),
    acme.say.revokeApiKey('ci'),
    acme.say.transferOwnership('dan', { by: 'ann' }),
    acme.say.updateOrganization({ name: 'Apex', seatLimit: 7, upgradeUrl: 'https://x.test/plans' }),
    acme.say.deleteOrganization(),
  ]) {
    expect(await acme.execute(act as typeof act & { command: never })).toMatchObject({ ok: true })
  }

  await settled(acme)
  await directoryEquals(acme)
})

test('who is moved to another role by the deletion of theirs arrives with it', async () => {
  const acme = await foundOrganization({ owners: ['ann'], members: ['bob'] })
  await acme.execute(acme.say.createRole('reader', ['members:read']))
  await acme.execute(acme.say.updateMember('bob', { role: 'reader' }))
  await acme.execute(acme.say.inviteMember('cat@x.test', { role: 'reader' }))
  await settled(acme)

  await acme.execute(acme.say.deleteRole('reader', { reassignTo: 'member' }))

  await settled(acme)
  await directoryEquals(acme)
})

describe('changes that come while a batch is on its way', () => {
  test('share the next one, and none is lost', async () => {
    const { acme, batches, release } = await heldBack()
    await acme.execute(acme.say.updateOrganization({ name: 'Held' }))
    await vi.waitFor(() => expect(batches).toHaveLength(1))

    for (const email of guests(50)) await acme.execute(acme.say.inviteMember(email))
    release()

    await settled(acme)
    await directoryEquals(acme)
    expect(batches.length).toBeLessThanOrEqual(3)
  })
  test('to a row that is in it arrive after it', async () => {
    const { acme, batches, release } = await heldBack()
    await acme.execute(acme.say.inviteMember('bob@x.test'))
    await vi.waitFor(() => expect(batches).toHaveLength(1))

    await acme.execute(acme.say.cancelInvitation('bob@x.test'))
    release()

    await settled(acme)
    await directoryEquals(acme)
  })
})

describe.each([[[1]], [[100]], [[101]], [[220]], [[60, 60]], [[1, 100, 1, 99]], [[500]], [[620]]])(
  '%j mails of as many commands',
  (counts) => {
    test('are queued, each once and in order, at most a hundred per call', async () => {
      const calls: (readonly OrganizationMessage[])[] = []
      const acme = await foundOrganization({
        owners: ['ann'],
        seams: { enqueue: async (messages) => void calls.push(messages) },
      })
      const all = guests(counts.reduce((sum, count) => sum + count))
      const waiting = [...all]
      for (const count of counts) await acme.execute(acme.say.bulkInvite(waiting.splice(0, count)))

      await settled(acme)

      expect(calls.flat().map(({ email }) => email)).toEqual(all)
      expect(Math.max(...calls.map((messages) => messages.length))).toBeLessThanOrEqual(100)
      expect((await acme.rows()).outbox).toEqual([])
    })
  },
)

test('mails that stand before a failed call of the queue are not sent again, the others are', async () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const calls: string[][] = []
  const acme = await foundOrganization({
    owners: ['ann'],
    seams: {
      enqueue: async (messages) => {
        calls.push(messages.map(({ email }) => email))
        if (calls.length === 3) throw new Error('queue out of reach')
      },
    },
  })
  const all = guests(420)
  await acme.execute(acme.say.bulkInvite(all))
  await vi.waitFor(() => expect(warned).toHaveBeenCalled())
  await acme.alarm()

  await settled(acme)
  const sent = calls.toSpliced(2, 1).flat()
  expect(new Set(sent)).toEqual(new Set(all))
  const twice = sent.filter((email, index) => sent.indexOf(email) !== index)
  expect(twice).toEqual(all.slice(300, 420))
  expect((await acme.rows()).outbox).toEqual([])
})

/** A batch takes 1,000 rows per table; all of these are of one revision. */
test.each([999, 1000, 1001, 2000])('%d invitations of one command arrive completely', async (count) => {
  const acme = await foundOrganization({ owners: ['ann'] })
  expect(await acme.execute(acme.say.bulkInvite(guests(count)))).toMatchObject({ ok: true, revision: 2 })

  await settled(acme)

  expect((await acme.rows()).invitations).toHaveLength(count)
  await directoryEquals(acme)
})

/** Bytes per bound value, which D1 has in production and not locally. */
const LIMIT_OF_D1 = 2_000_000

test('rows as large as the API takes them arrive, however many wait', async () => {
  const { acme, batches, release } = await heldBack()
  const picture = `https://x.test/${'絵'.repeat(2030)}`
  const profile = { name: '名'.repeat(200), given_name: '前'.repeat(200), family_name: '姓'.repeat(200), picture }
  await acme.execute(acme.say.updateOrganization({ name: 'Held' }))
  for (let index = 0; index < 450; index += 1) await acme.execute(acme.say.addMember(`m${index}`, { profile }))
  release()

  await settled(acme)
  await directoryEquals(acme)
  const bound = batches.flatMap(({ rows }) =>
    Object.values(rows).map((table) => Buffer.byteLength(`[${table.join(',')}]`)),
  )
  expect(Math.max(...bound)).toBeLessThan(LIMIT_OF_D1)
})

describe('a rebuild', () => {
  test('brings back everything that the directory has lost', async () => {
    const acme = await foundOrganization({ owners: ['ann'] })
    await acme.execute(acme.say.bulkInvite(guests(450)))
    await acme.execute(acme.say.cancelInvitation('guest7@x.test'))
    await settled(acme)
    await forgetInDirectory(acme)
    await directoryLags(acme)

    await acme.rebuild()

    await directoryEquals(acme)
  })
  test('begun while a batch is on its way still sends everything', async () => {
    const { acme, batches, release } = await heldBack()
    await acme.execute(acme.say.inviteMember('bob@x.test'))
    await vi.waitFor(() => expect(batches).toHaveLength(1))
    await forgetInDirectory(acme)

    const rebuilding = acme.rebuild()
    await vi.waitFor(() =>
      acme.inside((_, { sql }) => expect(sql.exec('select * from directory_progress').toArray()).toEqual([])),
    )
    release()

    await rebuilding
    await directoryEquals(acme)
  })
  test('changes nothing where nothing was lost', async () => {
    const acme = await foundOrganization({ owners: ['ann'], members: ['bob'] })
    await settled(acme)
    const before = await acme.rows()

    await acme.rebuild()

    expect(await acme.rows()).toEqual(before)
    await directoryEquals(acme)
  })
})

/** An organization whose next batches wait until released. */
async function heldBack(): Promise<{ acme: LivingOrganization; batches: Projection[]; release: () => void }> {
  const acme = await foundOrganization({ owners: ['ann'] })
  await settled(acme)
  const batches: Projection[] = []
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  await acme.seams({
    project: async (batch) => {
      batches.push(batch)
      await released
      return project(batch)
    },
  })
  return { acme, batches, release }
}
