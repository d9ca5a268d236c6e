import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { claimMail, forgetOldMail, releaseMail, settleMail } from '../../src/directory/mail-attempts.ts'

const { ACCOUNTS } = env
const MINUTE = 60_000
const DAY = 1440 * MINUTE
const now = Date.UTC(2030, 0, 1, 12)

describe('a mail', () => {
  test('is claimed by one of those who want to send it at once', async () => {
    const claims = await Promise.all(Array.from({ length: 10 }, () => claimMail(ACCOUNTS, 'raced', now)))
    expect(claims.toSorted()).toEqual([...Array(9).fill('busy'), 'claimed'])
  })

  test('is claimed again once whoever was at work has had two minutes', async () => {
    await claimMail(ACCOUNTS, 'dead', now)
    expect(await claimMail(ACCOUNTS, 'dead', now + 2 * MINUTE)).toBe('busy')
    expect(await claimMail(ACCOUNTS, 'dead', now + 2 * MINUTE + 1)).toBe('claimed')
    expect(await claimMail(ACCOUNTS, 'dead', now + 2 * MINUTE + 2)).toBe('busy')
  })

  test('is claimed again at once when it was released', async () => {
    await claimMail(ACCOUNTS, 'released', now)
    await releaseMail(ACCOUNTS, 'released')
    expect(await claimMail(ACCOUNTS, 'released', now)).toBe('claimed')
  })

  test.each(['sent', 'failed'] as const)('that is settled as %s is never claimed again', async (status) => {
    await claimMail(ACCOUNTS, status, now)
    await settleMail(ACCOUNTS, status, status)
    await releaseMail(ACCOUNTS, status)
    expect(await claimMail(ACCOUNTS, status, now + 13 * DAY)).toBe(status)
  })
})

test('what no delivery can ask about any more is forgotten, a bounded number at a time', async () => {
  for (const id of ['old-1', 'old-2', 'old-3']) await claimMail(ACCOUNTS, id, now - 31 * DAY)
  await claimMail(ACCOUNTS, 'old-enough-to-come', now - 14 * DAY)
  const left = async () => {
    const query = "select message_id as id from mail_attempts where message_id like 'old-%'"
    return (await ACCOUNTS.prepare(query).all<{ id: string }>()).results.map(({ id }) => id)
  }

  await forgetOldMail(ACCOUNTS, now, 2)
  expect(await left()).toHaveLength(2)

  await forgetOldMail(ACCOUNTS, now, 2)
  expect(await left()).toEqual(['old-enough-to-come'])
})
