import fc from 'fast-check'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { minutes, seconds } from '../support/commands.ts'
import { RelayWorld } from '../support/relay-world.ts'
import { follow, schedule } from './relay-schedules.ts'

vi.setConfig({ testTimeout: 60_000 })
beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})

test('after any failures, restarts and lost answers everything arrives, and no lane waits for another', async () => {
  await fc.assert(fc.asyncProperty(schedule, follow), { numRuns: 100 })
})

describe('no lane waits for another', () => {
  test('a mail leaves at once, however long the directory has been down', async () => {
    const world = await RelayWorld.begin()
    world.become('directory', 'down')
    await world.rename()
    await world.pass(minutes(30))

    await world.invite()
    await world.pass(seconds(1))

    expect(world.mailsSent).toBe(1)
  })
  test('a change arrives at once, however long the mail queue has been down', async () => {
    const world = await RelayWorld.begin()
    world.become('mail', 'silent')
    await world.invite()
    await world.pass(minutes(30))

    await world.rename()
    await world.pass(seconds(1))

    expect(world.isDirectoryComplete()).toBe(true)
  })
})

describe('mails that cannot be sent', () => {
  test('are known to the directory while they wait, and no longer', async () => {
    const world = await RelayWorld.begin()
    world.become('mail', 'down')
    const since = world.now
    await world.invite()
    await world.pass(minutes(1))
    expect(world.mailWaitingSince()).toBe(since)

    await world.recover()

    expect(world.mailWaitingSince()).toBe(null)
  })
  test('are no longer known to wait, even if the directory has not answered that it knows', async () => {
    const world = await RelayWorld.begin()
    world.become('mail', 'down')
    await world.invite()
    world.become('directory', 'forgetful')
    await world.pass(minutes(1))
    expect(world.mailWaitingSince()).not.toBe(null)

    await world.recover()

    expect(world.mailWaitingSince()).toBe(null)
  })
  test('that leave at once are never mentioned', async () => {
    const world = await RelayWorld.begin()
    await world.invite()
    await world.pass(minutes(1))

    expect(world.mailWaitingSince()).toBe(null)
    expect(world.batches).toBe(1)
  })
})

test('a rebuild sends everything again, whatever is under way when it begins', async () => {
  const world = await RelayWorld.begin()
  world.become('directory', 'slow')
  world.become('mail', 'down')
  await world.invite()
  // The batch is written and not answered yet.
  await world.pass(seconds(2))

  await world.rebuild()
  await world.pass(seconds(10))

  expect(world.isDirectoryComplete()).toBe(true)
})

describe('a directory that was restored to an earlier time', () => {
  test('gets everything again with the next change', async () => {
    const world = await RelayWorld.begin()
    const image = world.snapshot()
    await world.invite()
    await world.pass(seconds(1))
    world.restoreDirectory(image)

    await world.rename()
    await world.pass(seconds(1))

    expect(world.isDirectoryComplete()).toBe(true)
  })
  test('gets everything again when cron compares, also if the object dies before it has noted that', async () => {
    const world = await RelayWorld.begin()
    const image = world.snapshot()
    await world.invite()
    await world.pass(minutes(1))
    world.restoreDirectory(image)

    await world.wakeTold()
    await world.pass(6)
    world.end()
    await world.wakeTold()
    await world.pass(seconds(1))

    expect(world.isDirectoryComplete()).toBe(true)
  })
  test('is asked before anything is sent again: what cron has read may be old', async () => {
    const world = await RelayWorld.begin()
    await world.invite()
    await world.pass(minutes(1))
    const rows = world.sentRows

    await world.wake({ projectedVersion: 0, mailWaitingSince: null })
    await world.pass(minutes(1))

    expect(world.sentRows).toBe(rows)
  })
})

test('an alarm returns within 20 seconds under 40 changes a second, and everything arrives', async () => {
  const world = await RelayWorld.begin()
  world.become('directory', 'slow')
  for (let change = 0; change < 40 * 30; change += 1) {
    await world.rename()
    await world.pass(25)
  }
  // The world checks how long an alarm takes after each event.
  await world.recover()
})

test('an object that wakes sets the alarm again that the platform has lost', async () => {
  const world = await RelayWorld.begin()
  world.become('mail', 'down')
  await world.invite()
  world.loseAlarm()
  world.become('mail', 'well')

  await world.object()
  await world.pass(seconds(15))

  expect(world.mailsSent).toBe(1)
})
