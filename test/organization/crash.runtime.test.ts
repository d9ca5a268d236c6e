import { abortAllDurableObjects } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { OrganizationMessage } from '../../src/contract/mail-message.ts'
import { directoryEquals, directoryLags, settled } from '../support/directory-equals.ts'
import { foundOrganization, type LivingOrganization } from '../support/living-organization.ts'
import { projectInto } from '../support/projecting.ts'

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})

const project = projectInto(env.DIRECTORY)
/** An object with a timer under way cannot be evicted, so nothing may wait for the time that a step has. */
const never = () => new Promise<never>(() => {})
const crashed = () => {
  throw new Error('crashed here')
}

const ENDS: readonly (readonly [string, (acme: LivingOrganization) => Promise<void>])[] = [
  ['aborted', () => abortAllDurableObjects()],
  ['evicted', (acme) => acme.evict()],
]

/** What mails the queue has been given since. */
async function queueOf(acme: LivingOrganization): Promise<OrganizationMessage[]> {
  const queued: OrganizationMessage[] = []
  await acme.seams({ enqueue: async (messages) => void queued.push(...messages) })
  return queued
}

describe.each(ENDS)('an object that is %s', (_, end) => {
  test('after a commit and before anything is sent has it all sent by its alarm', async () => {
    const acme = await foundOrganization({ owners: ['ann'] })
    await settled(acme)
    await acme.seams({ project: never, enqueue: never, pause: never })
    await acme.execute(acme.say.inviteMember('bob@x.test'))
    await acme.execute(acme.say.inviteMember('cat@x.test'))

    await end(acme)
    const queued = await queueOf(acme)
    await directoryLags(acme)

    expect(await acme.alarm()).toBe(true)
    await directoryEquals(acme)
    expect(queued.map(({ email }) => email)).toEqual(['bob@x.test', 'cat@x.test'])
  })

  test('between the directory’s batch and the note of it sends it again, and nothing is doubled', async () => {
    const acme = await foundOrganization({ owners: ['ann'] })
    await settled(acme)
    const arrived = vi.fn()
    await acme.seams({ project: (batch) => project(batch).then(arrived).then(never), pause: never })
    await acme.execute(acme.say.inviteMember('bob@x.test'))
    await vi.waitFor(() => expect(arrived).toHaveBeenCalled())

    await end(acme)
    await acme.seams({ enqueue: async () => {} })

    await settled(acme)
    await directoryEquals(acme)
  })

  test('between the queue’s receipt and the note of it queues the same mail again, under the same name', async () => {
    const acme = await foundOrganization({ owners: ['ann'] })
    const queued: OrganizationMessage[] = []
    await acme.seams({
      enqueue: (messages) => {
        queued.push(...messages)
        return never()
      },
      pause: never,
    })
    await acme.execute(acme.say.inviteMember('bob@x.test'))
    await vi.waitFor(() => expect(queued).toHaveLength(1))

    await end(acme)
    const again = await queueOf(acme)
    await settled(acme)

    expect(again).toEqual(queued)
    expect((await acme.rows()).outbox).toEqual([])
  })

  test('in the middle of a large batch goes on from where it was', async () => {
    const acme = await foundOrganization({ owners: ['ann'] })
    await settled(acme)
    let batches = 0
    await acme.seams({
      project: (batch) => {
        batches += 1
        return batches === 1 ? project(batch) : never()
      },
      pause: never,
    })
    const guests = Array.from({ length: 2000 }, (_, index) => `guest${index}@x.test`)
    await acme.execute(acme.say.bulkInvite(guests))
    await vi.waitFor(() => expect(batches).toBe(2))

    await end(acme)
    await acme.seams({ enqueue: async () => {} })
    await directoryLags(acme)

    await settled(acme)
    await directoryEquals(acme)
  })

  test('answers as before', async () => {
    const acme = await foundOrganization({ owners: ['ann'], members: ['bob'], seatLimit: 3 })
    await acme.execute(acme.say.inviteMember('cat@x.test'))
    const seats = await acme.read({ type: 'GetSeats' })

    await end(acme)

    expect(await acme.read({ type: 'GetSeats' })).toEqual(seats)
    expect(await acme.execute(acme.say.inviteMember('dan@x.test'))).toMatchObject({
      error: { code: 'seat_limit_reached' },
    })
  })
})

describe('the relay that fails right after its work was done', () => {
  test('repeats the batch without doubling rows', async () => {
    const acme = await foundOrganization({ owners: ['ann'] })
    await settled(acme)
    await acme.seams({ project: (batch) => project(batch).then(crashed) })
    await acme.execute(acme.say.inviteMember('bob@x.test'))
    await acme.execute(acme.say.cancelInvitation('bob@x.test'))
    await acme.alarm()

    await acme.seams({ project })
    await settled(acme)

    await directoryEquals(acme)
  })
})

test('cron finds an organization that lost even its alarm, and brings it up to date', async () => {
  const acme = await foundOrganization({ owners: ['ann'] })
  await settled(acme)
  await acme.seams({ project: never, pause: never })
  await acme.execute(acme.say.addMember('bob'))
  await acme.inside((_, storage) => storage.deleteAlarm())
  await acme.evict()
  await directoryLags(acme)

  await settled(acme)

  await directoryEquals(acme)
})
