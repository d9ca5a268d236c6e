import { test, vi } from 'vitest'
import { agreeWithRules } from './random-histories.ts'

test('after any history an organization is what the rules say, in memory or fresh from storage', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  await agreeWithRules(100)
})
