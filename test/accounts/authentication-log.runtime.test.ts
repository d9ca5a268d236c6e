import { env } from 'cloudflare:workers'
import { typeidUnboxed } from 'typeid-js'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { authenticationLog, droppedWrites } from '../../src/accounts/authentication-log.ts'
import { forgetLogsOf, forgetOldLogs, LOG_KEPT_MS } from '../../src/accounts/log-retention.ts'
import { databaseThat } from '../support/api-faults.ts'

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0'

/** A request's log, and the end of what it writes after the answer. */
function logWith(logs: D1Database, ip = '203.0.113.7') {
  const work: Promise<unknown>[] = []
  const log = authenticationLog(logs, { userAgent: FIREFOX, ip, keepAlive: (promise) => work.push(promise) })
  return { ...log, written: () => Promise.all(work) }
}

const newUserId = () => typeidUnboxed('usr')
const rowsOf = async (userId: string) =>
  (await env.LOGS.prepare('select * from sign_ins where user_id = ?').bind(userId).all()).results
const refusalsFrom = async (network: string) =>
  (await env.LOGS.prepare('select reason, count from refusals where network = ? order by reason').bind(network).all())
    .results

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

describe('the authentication log', () => {
  test('keeps the device in plain words and the network without its last part', async () => {
    const [userId, log] = [newUserId(), logWith(env.LOGS)]
    log.note({ type: 'signed_in', userId, sessionId: 'ses_1', method: 'email_code' })
    await log.written()
    const [row] = await rowsOf(userId)
    expect(row).toMatchObject({ type: 'signed_in', device: 'Firefox on Windows', network: '203.0.113.0/24' })
    expect(JSON.stringify(row)).not.toContain('203.0.113.7')
    expect(JSON.stringify(row)).not.toContain('Gecko')
  })

  test('adds refusals up by network and reason', async () => {
    const log = logWith(env.LOGS, '198.51.100.4')
    for (let tries = 0; tries < 50; tries += 1) log.refuse('wrong_code')
    log.refuse('rate_limited')
    await log.written()
    expect(await refusalsFrom('198.51.100.0/24')).toEqual([
      { reason: 'rate_limited', count: 1 },
      { reason: 'wrong_code', count: 50 },
    ])
  })

  test('writes what comes at the same time together', async () => {
    let batches = 0
    const counted = databaseThat(env.LOGS, () => {
      batches += 1
      return false
    })
    const [userId, log] = [newUserId(), logWith(counted)]
    for (let index = 0; index < 100; index += 1) log.note({ type: 'signed_in', userId })
    await log.written()
    expect(await rowsOf(userId)).toHaveLength(100)
    expect(batches).toBeLessThan(10)
  })

  test('drops and counts what cannot be written, and goes on once it can', async () => {
    let isDown = true
    const logs = databaseThat(env.LOGS, () => isDown)
    const [userId, log] = [newUserId(), logWith(logs)]
    log.note({ type: 'signed_in', userId })
    log.refuse('wrong_code')
    await log.written()
    expect(droppedWrites(logs)).toBe(2)
    isDown = false
    log.note({ type: 'signed_out', userId })
    await log.written()
    expect(await rowsOf(userId)).toMatchObject([{ type: 'signed_out' }])
    expect(droppedWrites(logs)).toBe(2)
  })

  test('keeps a bounded number of entries in memory while nothing can be written', async () => {
    const logs = databaseThat(env.LOGS, () => true)
    const log = logWith(logs)
    for (let index = 0; index < 3_000; index += 1) log.note({ type: 'signed_in', userId: newUserId() })
    await log.written()
    expect(droppedWrites(logs)).toBe(3_000)
  })
})

describe('what the log keeps', () => {
  test('ends after 90 days, for entries and refusals alike', async () => {
    const [userId, log] = [newUserId(), logWith(env.LOGS, '192.0.2.1')]
    log.note({ type: 'signed_in', userId })
    log.refuse('wrong_code')
    await log.written()
    await forgetOldLogs(env.LOGS, Date.now() + LOG_KEPT_MS - 60_000)
    expect(await rowsOf(userId)).toHaveLength(1)
    await forgetOldLogs(env.LOGS, Date.now() + LOG_KEPT_MS + 60 * 60_000)
    expect([await rowsOf(userId), await refusalsFrom('192.0.2.0/24')]).toEqual([[], []])
  })

  test('ends with the account', async () => {
    const [gone, stays, log] = [newUserId(), newUserId(), logWith(env.LOGS)]
    log.note({ type: 'signed_in', userId: gone }, { type: 'signed_in', userId: stays })
    await log.written()
    await forgetLogsOf(env.LOGS, [gone])
    expect([await rowsOf(gone), await rowsOf(stays)]).toMatchObject([[], [{ type: 'signed_in' }]])
  })
})
