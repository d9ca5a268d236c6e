import { beforeEach, describe, expect, test, vi } from 'vitest'
import { IsolateCache } from '../../src/accounts/isolate-cache.ts'

const OUTAGE = new Error('D1_ERROR: Network connection lost.')
const unreachable = () => Promise.reject(OUTAGE)
const found = (value: string | null) => () => Promise.resolve(value)

const SECOND = 1_000
const NOW = 1_800_000_000_000

let directory: D1Database
beforeEach(() => {
  directory = {} as D1Database
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

function given(endsForGood: boolean) {
  const cache = new IsolateCache<string>('thing', { endsForGood })
  const at = (seconds: number, find: () => Promise<string | null>) =>
    cache.current(directory, 'key', NOW + seconds * SECOND, find)
  return { cache, at }
}

describe.each([
  ['a session', true],
  ['an identity', false],
])('%s', (_, endsForGood) => {
  test('is looked up once in five seconds', async () => {
    const { at } = given(endsForGood)
    expect(await at(0, found('first'))).toBe('first')
    expect(await at(4.9, unreachable)).toBe('first')
    expect(await at(5, found('second'))).toBe('second')
  })

  test('that was seen goes on for five minutes of an outage', async () => {
    const { at } = given(endsForGood)
    await at(0, found('known'))
    expect(await at(299, unreachable)).toBe('known')
    await expect(at(300, unreachable)).rejects.toThrow(OUTAGE)
  })

  test('that was found to be missing is not brought back by an outage', async () => {
    const { at } = given(endsForGood)
    await at(0, found('known'))
    expect(await at(6, found(null))).toBeNull()
    const during = await at(7, unreachable).catch((error) => error)
    expect(during).toBe(endsForGood ? null : OUTAGE)
  })

  test('that ended here is not brought back by a read that began before', async () => {
    const { cache, at } = given(endsForGood)
    const reading = Promise.withResolvers<string>()
    const answered = at(0, () => reading.promise)
    cache.end(directory, 'key', NOW + SECOND)
    reading.resolve('as it was')
    await answered
    expect(cache.fresh(directory, 'key', NOW + SECOND)).toBe(endsForGood ? null : undefined)
    expect(await at(2, found(null))).toBeNull()
  })

  test('found missing by the later of two reads is not brought back by the earlier one', async () => {
    const { at } = given(endsForGood)
    const slow = Promise.withResolvers<string>()
    const answered = at(0, () => slow.promise)
    await at(1, found(null))
    slow.resolve('as it was')
    await answered
    const during = await at(2, unreachable).catch((error) => error)
    expect(during).toBe(endsForGood ? null : OUTAGE)
  })

  test('that was changed here is not changed back by a read that began before', async () => {
    const { cache, at } = given(endsForGood)
    await at(0, found('before'))
    const slow = Promise.withResolvers<string>()
    const answered = at(5, () => slow.promise)
    cache.replace(directory, 'key', 'changed', NOW + 6 * SECOND)
    slow.resolve('before')
    await answered
    expect(await at(7, unreachable)).toBe('changed')
  })

  test('is not pushed out of memory by unknown ones', async () => {
    const { cache, at } = given(endsForGood)
    await at(0, found('known'))
    for (let index = 0; index < 6_000; index += 1) await cache.current(directory, `made up ${index}`, NOW, found(null))
    expect(await at(1, unreachable)).toBe('known')
  })
})

test('a session that has ended is not looked up again, and never comes back', async () => {
  const { cache, at } = given(true)
  await at(0, found(null))
  expect(await at(3_600, found('back'))).toBeNull()
  cache.remember(directory, 'key', 'back', NOW + 7_200 * SECOND)
  expect(await at(7_200, unreachable)).toBeNull()
})

test('a session that ends while it is read is not let in', async () => {
  const { cache, at } = given(true)
  const reading = Promise.withResolvers<string>()
  const answered = at(0, () => reading.promise)
  cache.end(directory, 'key', NOW)
  reading.resolve('as it was')
  expect(await answered).toBeNull()
})

test('an identity that was unknown is known as soon as it is linked', async () => {
  const { cache, at } = given(false)
  expect(await at(0, found(null))).toBeNull()
  cache.replace(directory, 'key', 'linked', NOW)
  expect(await at(1, unreachable)).toBe('linked')
})
