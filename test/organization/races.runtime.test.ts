import { beforeAll, describe, vi } from 'vitest'
import { describeRaces } from './races.ts'

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})

describe.each([2, 5, 6])('round %i:', describeRaces)
