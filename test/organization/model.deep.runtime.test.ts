import { expect, test, vi } from 'vitest'
import { agreeWithRules, OFTEN_MET } from './random-histories.ts'

test('after any history an organization is what the rules say, in memory or fresh from storage', {
  timeout: 600_000,
}, async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  const verdicts = await agreeWithRules(1_000)
  expect(OFTEN_MET.filter((verdict) => (verdicts.get(verdict) ?? 0) < 3)).toEqual([])
})
