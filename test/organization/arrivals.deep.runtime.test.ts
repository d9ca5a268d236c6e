import { test, vi } from 'vitest'
import { raceForSeats } from './arrival-races.ts'

test('of 20 callers with 50 people each exactly as many get in as there are seats', { timeout: 600_000 }, async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  for (let round = 0; round < 200; round += 1) await raceForSeats(round)
})
