import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { OrganizationMessage } from '../../src/contract/mail-message.ts'
import { minutes, noon, seconds } from '../support/commands.ts'
import { directoryEquals, directoryLags, settled } from '../support/directory-equals.ts'
import { foundOrganization, type LivingOrganization } from '../support/living-organization.ts'
import { projectInto } from '../support/projecting.ts'

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})

const project = projectInto(env.DIRECTORY)

/** An organization with a clock of its own, whose directory is out of reach until `recover`. */
async function duringAnOutage() {
  const time = { now: noon }
  const attempts: number[] = []
  let reachable = true
  const acme = await foundOrganization({
    owners: ['ann'],
    seams: {
      clock: () => time.now,
      project: async (batch) => {
        if (reachable) return project(batch)
        attempts.push(time.now)
        throw new Error('D1_ERROR: out of reach')
      },
    },
  })
  await settled(acme)
  while (await acme.alarm()) {}
  reachable = false
  const recover = () => {
    reachable = true
  }
  return { acme, time, attempts, recover }
}

/** Lets the alarm ring at its time and tells how long it waits for the next. */
async function ring(acme: LivingOrganization, time: { now: number }): Promise<number | null> {
  time.now = (await acme.alarmTime()) ?? time.now
  await acme.alarm()
  const next = await acme.alarmTime()
  return next === null ? null : next - time.now
}

describe('while the directory is out of reach', () => {
  test('commands are carried out and answered, and reads see them', async () => {
    const { acme } = await duringAnOutage()

    for (const name of ['b', 'c', 'd']) {
      expect(await acme.execute(acme.say.inviteMember(`${name}@x.test`))).toMatchObject({ ok: true })
    }

    expect(await acme.read({ type: 'GetSeats' })).toMatchObject({ value: { used: 4 } })
    await directoryLags(acme)
  })

  test('mails are queued all the same', async () => {
    const { acme } = await duringAnOutage()
    const queued: OrganizationMessage[] = []
    await acme.seams({ enqueue: async (messages) => void queued.push(...messages) })

    await acme.execute(acme.say.inviteMember('bob@x.test'))

    await vi.waitFor(() => expect(queued.map(({ email }) => email)).toEqual(['bob@x.test']))
  })

  test('the alarm tries again and again, each time after twice as long, up to five minutes', async () => {
    const { acme, time, attempts } = await duringAnOutage()
    await acme.execute(acme.say.inviteMember('bob@x.test'))
    await vi.waitFor(() => expect(attempts).toHaveLength(1))

    const waits: (number | null)[] = []
    for (let rings = 0; rings < 9; rings += 1) waits.push(await ring(acme, time))

    expect(waits).toEqual([4, 8, 16, 32, 64, 128, 256, 300, 300].map(seconds))
    expect(attempts).toHaveLength(10)
  })

  test('commands do not try again before the wait is over', async () => {
    const { acme, time, attempts } = await duringAnOutage()
    await acme.execute(acme.say.inviteMember('bob@x.test'))
    await vi.waitFor(() => expect(attempts).toHaveLength(1))

    time.now += seconds(2) - 1
    for (const name of ['c', 'd', 'e']) await acme.execute(acme.say.inviteMember(`${name}@x.test`))
    await acme.inside(() => {})
    expect(attempts).toHaveLength(1)

    time.now += 1
    await acme.execute(acme.say.inviteMember('f@x.test'))
    await vi.waitFor(() => expect(attempts).toHaveLength(2))
  })

  test('there always is an alarm, also for an object that leaves memory meanwhile', async () => {
    const { acme, time } = await duringAnOutage()
    await acme.execute(acme.say.inviteMember('bob@x.test'))
    await ring(acme, time)
    await ring(acme, time)

    await acme.evict()

    expect(await acme.alarmTime()).toBeGreaterThan(time.now)
  })
})

describe('once the directory is back', () => {
  test.each([1, 3, 12])('after %d failed tries everything arrives with the next', async (tries) => {
    const { acme, time, attempts, recover } = await duringAnOutage()
    await acme.execute(acme.say.inviteMember('bob@x.test'))
    await vi.waitFor(() => expect(attempts).toHaveLength(1))
    for (let ring_ = 1; ring_ < tries; ring_ += 1) {
      await ring(acme, time)
      await acme.execute(acme.say.updateOrganization({ name: `Acme ${ring_}` }))
    }
    await directoryLags(acme)

    recover()
    const next = await ring(acme, time)

    await directoryEquals(acme)
    expect(next).toBeNull()
  })

  test('commits are sent at once again, and a later outage begins with short waits', async () => {
    const { acme, time, attempts, recover } = await duringAnOutage()
    await acme.execute(acme.say.inviteMember('bob@x.test'))
    await vi.waitFor(() => expect(attempts).toHaveLength(1))
    await ring(acme, time)
    await ring(acme, time)
    recover()
    await ring(acme, time)

    await acme.execute(acme.say.inviteMember('cat@x.test'))
    await vi.waitFor(() => directoryEquals(acme))
    await settled(acme)

    await acme.seams({ project: () => Promise.reject(new Error('D1_ERROR: out of reach')) })
    time.now += minutes(1)
    await acme.execute(acme.say.inviteMember('dan@x.test'))
    expect(await ring(acme, time)).toBeLessThanOrEqual(seconds(4))
  })
})

describe('while the queue is out of reach', () => {
  test('the directory is kept up to date, and mails wait and are queued once it is back', async () => {
    const acme = await foundOrganization({
      owners: ['ann'],
      seams: { enqueue: () => Promise.reject(new Error('queue out of reach')) },
    })
    await acme.execute(acme.say.inviteMember('bob@x.test'))
    await vi.waitFor(() => directoryEquals(acme))
    expect((await acme.rows()).outbox).toHaveLength(1)

    const queued: OrganizationMessage[] = []
    await acme.seams({ enqueue: async (messages) => void queued.push(...messages) })
    await settled(acme)

    expect(queued).toMatchObject([{ email: 'bob@x.test', sendNumber: 1 }])
    expect((await acme.rows()).outbox).toEqual([])
  })
})
