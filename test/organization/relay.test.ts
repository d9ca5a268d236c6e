import fc from 'fast-check'
import { beforeAll, expect, test, vi } from 'vitest'
import { seconds } from '../support/commands.ts'
import { RelayWorld } from '../support/relay-world.ts'
import { follow, schedule } from './relay-schedules.ts'

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})

test('after any failures, restarts and lost answers everything arrives, and no lane waits for another', {
  timeout: 60_000,
}, async () => {
  await fc.assert(fc.asyncProperty(schedule, follow), { numRuns: 150, timeout: 20_000 })
})

test('a world', async () => {
  const world = await RelayWorld.begin()
  await world.invite()
  await world.pass(seconds(1))
  await world.recover()
  expect(world.sentRows).toBe(1)
})
