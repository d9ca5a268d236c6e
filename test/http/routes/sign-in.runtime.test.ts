import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { codeOf, signChallengeLink } from '../../../src/accounts/challenge-proof.ts'
import type { EmailChallenge } from '../../../src/accounts/email-challenges.ts'
import { configOf } from '../../../src/env.ts'
import { inAccounts } from '../../features/storage.ts'
import { type Answer, as, bearer, expectProblem, nobody, operator } from '../../support/api.ts'
import { created, newInvitation, newOrganization, newUser } from '../../support/api-builders.ts'
import { days, minutes } from '../../support/commands.ts'
import { runCron } from '../../support/cron.ts'

/* Signing in with what was mailed. Codes are worked out here as the mail would show them. */

const { LINK_KEYS } = configOf(env)
const HOUR = 60 * 60_000
const EVENTUALLY = { timeout: 90_000, interval: 50 }
const atOnce = <T>(count: number, call: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => call(index)))

let people = 0
const newAddress = () => `signer-${++people}@x.test`
let networks = 0
/** Of its own for each test, so that none counts against another. */
let from: Record<string, string>

beforeEach(() => {
  networks += 1
  from = { 'CF-Connecting-IP': `203.0.113.${networks}` }
})
afterEach(async () => {
  vi.useRealTimers()
  await as(operator).patch('/v1/settings', { sign_up_enabled: true })
})

const ask = (email: string): Promise<Answer> => as(nobody).post('/v1/sign-in/email', { email }, from)
const verify = (proof: object): Promise<Answer> => as(nobody).post('/v1/sign-in/email/verify', proof, from)

async function challengeOf(email: string): Promise<EmailChallenge> {
  const row = await env.ACCOUNTS.prepare('select * from email_challenges where subject = ?')
    .bind(email)
    .first<EmailChallenge>()
  if (row === null) throw new Error(`No mail is under way to ${email}`)
  return row
}

/** What the newest mail to the address carries. */
async function mailed(email: string): Promise<{ code: string; token: string }> {
  expect((await ask(email)).status).toBe(202)
  const challenge = await challengeOf(email)
  return { code: codeOf(challenge, LINK_KEYS), token: signChallengeLink(challenge, LINK_KEYS) }
}

const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')
const session = (token: string) => as(bearer(token)).get('/v1/session')

/** As the clock of the worker has it. */
const at = (time: number) => vi.setSystemTime(time)

describe('a code', () => {
  test('signs in, once', async () => {
    const email = newAddress()
    const { code } = await mailed(email)
    const { token, user, ...started } = created(await verify({ email, code }))
    expect(user).toMatchObject({ email, email_verified: true, last_sign_in_at: expect.any(String) })
    expect(started).toMatchObject({ object: 'session', current: true, account_created: true, method: 'email_code' })
    expect((await session(token)).body).toMatchObject({ user_id: user.id, id: started.id })
    expectProblem(await verify({ email, code }), 410, 'sign_in_code_expired')
  })

  test('signs in whatever the spelling of the address, and the spaces in the code', async () => {
    const email = newAddress()
    const { code } = await mailed(email)
    const answer = await verify({ email: ` ${email.toUpperCase()}`, code: `${code.slice(0, 3)} ${code.slice(3)}` })
    expect(answer.status).toBe(201)
  })

  test('has five tries from one network', async () => {
    const email = newAddress()
    const { code } = await mailed(email)
    for (const left of [4, 3, 2, 1, 0]) {
      expectProblem(await verify({ email, code: wrong(code) }), 401, 'sign_in_code_wrong', { tries_left: left })
    }
    expectProblem(await verify({ email, code }), 429, 'sign_in_rate_limited')
  })

  test('lets one of twenty callers in at once', async () => {
    const email = newAddress()
    const { code } = await mailed(email)
    const answers = await atOnce(20, () => verify({ email, code }))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  test('is replaced by the next', async () => {
    const email = newAddress()
    const first = await mailed(email)
    const second = await mailed(email)
    expectProblem(await verify({ token: first.token }), 410, 'sign_in_code_expired')
    if (first.code !== second.code) {
      expectProblem(await verify({ email, code: first.code }), 401, 'sign_in_code_wrong')
    }
    expect((await verify({ email, code: second.code })).status).toBe(201)
  })

  test('works for ten minutes, until their very last millisecond', async () => {
    const email = newAddress()
    const asked = Date.now()
    at(asked)
    const { code, token } = await mailed(email)
    const end = asked + minutes(10)
    at(end)
    expectProblem(await verify({ email, code }), 410, 'sign_in_code_expired')
    expectProblem(await verify({ token }), 410, 'sign_in_code_expired')
    at(end - 1)
    expect((await verify({ email, code })).status).toBe(201)
  })

  test('of another address is of no use', async () => {
    const [mine, theirs] = [newAddress(), newAddress()]
    const { code } = await mailed(mine)
    await mailed(theirs)
    const { code: name } = (await verify({ email: theirs, code })).body
    expect(name).toBe('sign_in_code_wrong')
  })
})

describe('a link', () => {
  test('signs in, once, and uses up the code with it', async () => {
    const email = newAddress()
    const { code, token } = await mailed(email)
    expect(created(await verify({ token })).method).toBe('email_link')
    expectProblem(await verify({ token }), 410, 'sign_in_code_expired')
    expectProblem(await verify({ email, code }), 410, 'sign_in_code_expired')
  })

  test.each([
    ['changed in its id', (token: string) => token.replace(/\.chl_./, '.chl_7')],
    ['changed in its signature', (token: string) => `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`],
    ['of a key that there is not', (token: string) => token.replace(/^k1/, 'k2')],
    ['of nothing', () => 'nonsense'],
  ])('%s is of no use', async (_, change) => {
    const { token } = await mailed(newAddress())
    expectProblem(await verify({ token: change(token) }), 410, 'sign_in_code_expired')
    expect((await verify({ token })).status).toBe(201)
  })
})

describe('asking for a mail', () => {
  test('is answered alike for known and unknown addresses', async () => {
    const known = await newUser()
    const unknown = newAddress()
    const answers = [await ask(known.email), await ask(unknown)]
    const shapes = answers.map(({ status, body }) => [status, { ...body, email: '', expires_at: '' }])
    expect(shapes[0]).toEqual(shapes[1])
  })

  test('keeps neither addresses nor networks with the counts', async () => {
    const email = newAddress()
    await ask(email)
    const { results } = await env.ACCOUNTS.prepare('select * from attempts').all()
    expect(results.length).toBeGreaterThan(0)
    const text = JSON.stringify(results)
    for (const secret of [email, from['CF-Connecting-IP'] ?? '']) expect(text).not.toContain(secret)
  })
})

describe('a first sign-in', () => {
  const close = () => as(operator).patch('/v1/settings', { sign_up_enabled: false })

  test('is refused where people cannot sign up, and only after the address is proven', async () => {
    await close()
    const email = newAddress()
    const { code } = await mailed(email)
    expectProblem(await verify({ email, code: wrong(code) }), 401, 'sign_in_code_wrong')
    expectProblem(await verify({ email, code }), 403, 'sign_up_disabled')
  })

  test('is open to somebody who is invited', async () => {
    const team = await newOrganization()
    const { email } = await newInvitation(team)
    await vi.waitFor(async () => {
      const { results } = await env.DIRECTORY.prepare('select 1 from invitations where email = ?').bind(email).all()
      expect(results).toHaveLength(1)
    }, EVENTUALLY)
    await close()
    const { code } = await mailed(email)
    expect((await verify({ email, code })).status).toBe(201)
  })

  test('of twenty at once in different spellings makes one account', async () => {
    const email = newAddress()
    const spell = (index: number) => (index % 2 === 0 ? email.toUpperCase() : ` ${email}`)
    await atOnce(5, (index) => ask(spell(index)))
    const challenge = await challengeOf(email)
    const code = codeOf(challenge, LINK_KEYS)
    const token = signChallengeLink(challenge, LINK_KEYS)
    await atOnce(4, (index) => verify(index % 2 === 0 ? { email: spell(index), code } : { token }))
    const { results } = await env.ACCOUNTS.prepare('select id from users where email = ?').bind(email).all()
    expect(results).toHaveLength(1)
  })
})

describe('a session', () => {
  async function signedIn(): Promise<{ token: string; id: string; email: string }> {
    const email = newAddress()
    const { code } = await mailed(email)
    return { ...created(await verify({ email, code })), email }
  }

  test('is over with the request after it was signed out', async () => {
    const { token } = await signedIn()
    expect((await as(bearer(token)).post('/v1/sign-out')).status).toBe(204)
    expectProblem(await session(token), 401, 'unauthenticated')
  })

  test('ends another one of the same person, and none of somebody else', async () => {
    const first = await signedIn()
    const stranger = await signedIn()
    const { code } = await mailed(first.email)
    const second = created(await verify({ email: first.email, code }))
    const api = as(bearer(second.token))
    expect((await api.get('/v1/users/me/sessions')).body.data).toHaveLength(2)
    expectProblem(await api.delete(`/v1/users/me/sessions/${stranger.id}`), 404, 'not_found')
    expect((await api.delete(`/v1/users/me/sessions/${first.id}`)).status).toBe(204)
    expectProblem(await session(first.token), 401, 'unauthenticated')
    expect((await session(second.token)).status).toBe(200)
    expect((await session(stranger.token)).status).toBe(200)
  })

  test('lasts seven days without use, to the millisecond', async () => {
    const [open, over] = [await signedIn(), await signedIn()]
    const endOf = async (token: string) => Date.parse((await session(token)).body.created_at) + days(7)
    const [endOfOpen, endOfOver] = [await endOf(open.token), await endOf(over.token)]
    at(endOfOpen - 1)
    expect((await session(open.token)).status).toBe(200)
    at(endOfOver)
    expectProblem(await session(over.token), 401, 'unauthenticated')
  })

  test('lasts thirty days with use, to the millisecond', async () => {
    const { token } = await signedIn()
    const { body } = await session(token)
    const start = Date.parse(body.created_at)
    for (let day = 6; day < 30; day += 6) {
      at(start + day * 24 * 60 * 60_000)
      expect((await session(token)).status).toBe(200)
    }
    at(start + days(30) - 1)
    expect((await session(token)).status).toBe(200)
    at(start + days(30))
    expectProblem(await session(token), 401, 'unauthenticated')
  })

  test('has its end moved on by use, of which an hour after the last is noted, to the millisecond', async () => {
    const [unnoted, open, over] = [await signedIn(), await signedIn(), await signedIn()]
    const beginOf = async (token: string) => Date.parse((await session(token)).body.created_at)
    const endOf = async (token: string) => Date.parse((await session(token)).body.expires_at)
    const start = await beginOf(unnoted.token)
    at(start + HOUR - 1)
    expect(await endOf(unnoted.token)).toBe(start + days(7))
    const ends: number[] = []
    for (const { token } of [open, over]) {
      vi.useRealTimers()
      const begin = await beginOf(token)
      at(begin + HOUR)
      expect(await endOf(token)).toBe(begin + HOUR + days(7))
      ends.push(begin + HOUR + days(7))
    }
    const [endOfOpen = 0, endOfOver = 0] = ends

    at(start + days(7))
    expectProblem(await session(unnoted.token), 401, 'unauthenticated')
    at(endOfOpen - 1)
    expect((await session(open.token)).status).toBe(200)
    at(endOfOver)
    expectProblem(await session(over.token), 401, 'unauthenticated')
  })

  test('is never one that the client made up', async () => {
    const made = `mst_${'A'.repeat(43)}`
    const email = newAddress()
    const { code } = await mailed(email)
    const answer = await as(bearer(made)).post('/v1/sign-in/email/verify', { email, code }, from)
    expect(created(answer).token).not.toBe(made)
    expectProblem(await session(made), 401, 'unauthenticated')
  })

  test('leaves no trace of its token, its code or its link in the directory', async () => {
    const email = newAddress()
    const { code, token: link } = await mailed(email)
    await vi.waitFor(async () => {
      const { results } = await env.ACCOUNTS.prepare('select 1 from mailbox where to_address = ?').bind(email).all()
      expect(results).toHaveLength(1)
    }, EVENTUALLY)
    const { token } = created(await verify({ email, code }))
    const tables = await env.ACCOUNTS.prepare(
      `select name from sqlite_master where type = 'table' and name not in ('mailbox') and name not like '\\_%' escape '\\' and name not like 'sqlite%'`,
    ).all<{ name: string }>()
    for (const { name } of tables.results) {
      const text = JSON.stringify((await env.ACCOUNTS.prepare(`select * from "${name}"`).all()).results)
      for (const secret of [token, link, `"${code}"`]) expect(text, name).not.toContain(secret)
    }
  })

  test('is forgotten by the sweep once it is over, with codes and counts that are', async () => {
    const { id } = await signedIn()
    await mailed(newAddress())
    await runCron(Date.now() + days(30))
    const count = async (table: string) =>
      (await env.ACCOUNTS.prepare(`select count(*) as n from ${table}`).first<{ n: number }>())?.n
    expect(await env.ACCOUNTS.prepare('select 1 from sessions where id = ?').bind(id).first()).toBeNull()
    expect([await count('email_challenges'), await count('attempts')]).toEqual([0, 0])
    await inAccounts('delete from sessions')
  })
})

test('the mail carries the code and the link, for the newest challenge only', async () => {
  const email = newAddress()
  const { code, token } = await mailed(email)
  const mail = await vi.waitFor(async () => {
    const row = await env.ACCOUNTS.prepare('select subject, text, links from mailbox where to_address = ?')
      .bind(email)
      .first<{ subject: string; text: string; links: string }>()
    expect(row).not.toBeNull()
    return row
  }, EVENTUALLY)
  expect(mail?.text).toContain(code)
  expect(JSON.parse(mail?.links ?? '[]')).toEqual([`https://muster.test/sign-in/link/${token}`])
})
