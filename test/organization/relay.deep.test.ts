import fc from 'fast-check'
import { beforeAll, test, vi } from 'vitest'
import { follow, schedule } from './relay-schedules.ts'

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})

test('after any of 10,000 schedules of failures and restarts everything arrives', { timeout: 1_200_000 }, async () => {
  await fc.assert(fc.asyncProperty(schedule, follow), { numRuns: 10_000 })
})
