import { expect, test } from 'vitest'
import { readableDate, readableMinute, readableSecond, timeLeft } from '../../src/portal/readable-time.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

test('times are told in UTC, day before month', () => {
  const time = Date.UTC(2026, 11, 8, 0, 5, 9)
  expect(readableDate(time)).toBe('8 December 2026')
  expect(readableMinute(time)).toBe('8 December 2026, 00:05\u00a0UTC')
  expect(readableSecond(time)).toBe('8 December 2026, 00:05:09\u00a0UTC')
})

test.each([
  [90 * DAY, '90 days left'],
  [15 * DAY - 1, '15 days left'],
  [2 * DAY, '2 days left'],
  [2 * DAY - 1, '47 hours left'],
  [HOUR, '1 hour left'],
  [HOUR - 1, '59 minutes left'],
  [MINUTE, '1 minute left'],
  [1, '1 minute left'],
])('%d ms are %s', (ms, words) => {
  expect(timeLeft(ms)).toBe(words)
})
