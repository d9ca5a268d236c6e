import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import {
  forgetCreationAnswers,
  keepCreationAnswer,
  releaseReservation,
  reserveCreation,
} from '../../src/directory/creation-answers.ts'

const { ACCOUNTS } = env
const DAY = 86_400_000
const now = Date.UTC(2030, 0, 1, 12)

const reserve = (key: string, resourceId: string, at = now, fingerprint = 'the request') =>
  reserveCreation(ACCOUNTS, { key, fingerprint }, resourceId, at)

describe('the first call under a key', () => {
  test('fixes the id of what it creates for every later one', async () => {
    expect(await reserve('fixed', 'a')).toEqual({ resourceId: 'a', answer: null, rowRevision: null, repeated: false })
    expect(await reserve('fixed', 'b')).toEqual({ resourceId: 'a', answer: null, rowRevision: null, repeated: true })
  })

  test('is one of those that come at once', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => `id-${index}`)
    const reservations = await Promise.all(ids.map((id) => reserve('raced', id)))
    expect(new Set(reservations.map((reservation) => reservation?.resourceId)).size).toBe(1)
    expect(reservations.filter((reservation) => reservation?.repeated === false)).toHaveLength(1)
  })

  test('keeps its answer for a day, and no longer', async () => {
    await reserve('kept', 'a')
    await keepCreationAnswer(ACCOUNTS, 'kept', { id: 'a' }, 3)
    expect(await reserve('kept', 'b', now + DAY - 1)).toMatchObject({
      resourceId: 'a',
      answer: { id: 'a' },
      rowRevision: 3,
    })
    expect(await reserve('kept', 'b', now + DAY)).toEqual({
      resourceId: 'b',
      answer: null,
      rowRevision: null,
      repeated: false,
    })
  })

  test('leaves the key free when it was refused, but not when it was answered', async () => {
    await reserve('refused', 'a')
    await releaseReservation(ACCOUNTS, 'refused')
    expect(await reserve('refused', 'b')).toMatchObject({ resourceId: 'b', repeated: false })
    await keepCreationAnswer(ACCOUNTS, 'refused', { id: 'b' })
    await releaseReservation(ACCOUNTS, 'refused')
    expect(await reserve('refused', 'c')).toMatchObject({ resourceId: 'b', repeated: true })
  })
})

test('a key belongs to one request', async () => {
  await reserve('one-request', 'a')
  expect(await reserve('one-request', 'b', now, 'another request')).toBeNull()
})

test('what has had its day is forgotten, a bounded number at a time', async () => {
  for (const key of ['old-1', 'old-2', 'old-3']) await reserve(key, key, now - 2 * DAY)
  await reserve('young', 'young', now)
  const keys = async () => {
    const { results } = await ACCOUNTS.prepare('select key from creation_answers').all<{ key: string }>()
    return results.map(({ key }) => key).filter((key) => key.startsWith('old') || key === 'young')
  }

  await forgetCreationAnswers(ACCOUNTS, now, 2)
  expect(await keys()).toHaveLength(2)

  await forgetCreationAnswers(ACCOUNTS, now, 2)
  expect(await keys()).toEqual(['young'])
})
