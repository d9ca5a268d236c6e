import { describe, expect, test } from 'vitest'
import { fitting } from '../../src/records/upsert.ts'

const LIMIT = 2_000_000
const rows = (count: number, text: string) => Array.from({ length: count }, () => JSON.stringify([text]))

describe('how many rows go into one statement', () => {
  test('is all of them while they are small', () => {
    expect(fitting(rows(1000, 'x'.repeat(100)))).toBe(1000)
    expect(fitting([])).toBe(0)
  })
  test.each(['x', '名', '🙂', '"', '\\'])('is fewer when they are large, measured in bytes (%s)', (character) => {
    const large = rows(1000, character.repeat(4000))
    const count = fitting(large)

    expect(count).toBeGreaterThan(0)
    expect(Buffer.byteLength(`[${large.slice(0, count).join(',')}]`)).toBeLessThan(LIMIT)
  })
  test('is at least one', () => {
    expect(fitting(rows(3, 'x'.repeat(1_500_000)))).toBe(1)
  })
})
