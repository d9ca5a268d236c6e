import { beforeAll, describe, vi } from 'vitest'
import { describeRaces } from './races.ts'

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})

describe.each(Array.from({ length: 20 }, (_, index) => index + 1))('round %i:', describeRaces)
