import { expect, test } from 'vitest'
import { BYTES_PER_CALL, MESSAGES_PER_CALL, parcels } from '../../src/organization/parcels.ts'

const small = (count: number) => Array.from({ length: count }, (_, index) => ({ id: index }))
/** As large as a message can be: names of 200 characters, each of four bytes. */
const large = (count: number) => Array.from({ length: count }, (_, id) => ({ id, name: '🙂'.repeat(1000) }))

test.each([
  ['none', small(0), 0],
  ['one', small(1), 1],
  ['a full call', small(100), 1],
  ['one more than that', small(101), 2],
  ['many', small(1000), 10],
  ['large ones', large(100), 4],
  ['more of them than a call takes', large(130), 4],
])('%s: complete, in order, and no more than a call takes', (_, messages, count) => {
  const texts = parcels(messages)
  const parsed = texts.map((text) => JSON.parse(text) as unknown[])
  expect(parsed.flat()).toEqual(messages)
  expect(texts).toHaveLength(count)
  for (const [index, text] of texts.entries()) {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(BYTES_PER_CALL)
    expect(parsed[index]?.length).toBeLessThanOrEqual(MESSAGES_PER_CALL)
  }
})
