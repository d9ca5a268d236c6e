import { abortAllDurableObjects } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { CHALLENGE_LIFETIME_MS } from '../../src/accounts/email-challenges.ts'
import { currentSession } from '../../src/accounts/session-cache.ts'
import { configOf } from '../../src/env.ts'
import { GUESSES_OF_CODE, GUESSES_OF_NETWORK, GUESSES_PER_DAY } from '../../src/onboarding/proof-limits.ts'
import {
  requestSignIn,
  type SignInBindings,
  signInWithCode,
  signInWithLink,
  viewSignInLink,
} from '../../src/onboarding/sign-in.ts'
import { isOutage } from '../../src/records/failure.ts'
import { inAccounts } from '../features/storage.ts'
import { as, expectProblem, nobody, operator } from '../support/api.ts'
import { followed, newInvitation, newOrganization, newUser } from '../support/api-builders.ts'
import { accountsThat, broken } from '../support/api-faults.ts'
import { deliver, deliverDead, inviteByMail, permanent, transient, transport } from '../support/api-mail.ts'
import { type Mailed, mailedTo, proofOf, wrongCodes } from '../support/sign-in.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const config = configOf(env)
const NOON = Date.UTC(2030, 0, 1, 12)
const EXPIRED = { ok: false, error: { code: 'sign_in_code_expired' } }

let people = 0
const newAddress = () => `proving-${++people}@x.test`

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

/** A Worker of its own somewhere: nothing that another one remembers is known to it. `queued` is what it sends. */
function newWorker({ accounts = env.ACCOUNTS, send }: { accounts?: D1Database; send?: Queue['send'] } = {}) {
  const queued: unknown[] = []
  const keep = async (message: unknown) => void queued.push(message)
  const queue = { ...env.CODE_QUEUE, send: send ?? keep } as unknown as Queue
  const bindings: SignInBindings = {
    ACCOUNTS: new Proxy(accounts, { get: (target, name) => bound(target, name) }),
    DIRECTORY: env.DIRECTORY,
    CODE_QUEUE: queue,
    MAIL_QUEUE: { ...env.MAIL_QUEUE, sendBatch: async () => undefined } as unknown as Queue,
    PEOPLE_QUEUE: { ...env.PEOPLE_QUEUE, send: async () => undefined } as unknown as Queue,
    ORGANIZATION: env.ORGANIZATION,
  }
  const how = { network: `198.51.100.${people % 250}`, userAgent: 'Test', deviceId: null }
  return {
    bindings,
    queued,
    ask: (email: string, now = NOON, network = how.network) => requestSignIn(bindings, config, { email, network }, now),
    enter: (email: string, code: string, now = NOON, network = how.network) =>
      signInWithCode(bindings, config, { ...how, email, code, network }, now),
    open: (token: string, now = NOON) => signInWithLink(bindings, config, { ...how, token }, now),
    view: (token: string, now = NOON) => viewSignInLink(bindings, config, token, now),
  }
}

function bound(target: D1Database, name: string | symbol): unknown {
  const value = Reflect.get(target, name) as unknown
  return typeof value === 'function' ? value.bind(target) : value
}

type Worker = ReturnType<typeof newWorker>

async function asked(worker: Worker, email = newAddress()): Promise<Mailed & { email: string }> {
  await worker.ask(email)
  return { email, ...(await mailedTo(email)) }
}

const countOf = async (email: string) =>
  (
    await inAccounts<{ n: number }>(
      'select count(*) as n from sessions where user_id in (select id from users where email = ?)',
      email,
    )
  )[0]?.n

describe('asking for a mail', () => {
  test('puts the challenge on the queue, and nothing else', async () => {
    const worker = newWorker()
    const { challengeId } = await asked(worker)
    expect(worker.queued).toEqual([{ version: 1, kind: 'sign_in', id: challengeId, challengeId }])
  })

  test('is an outage while there is no queue, and counts for nothing', async () => {
    const email = newAddress()
    const cut = newWorker({ send: () => Promise.reject(new Error('down')) })
    for (let time = 0; time < 8; time += 1) {
      const failure: unknown = await cut.ask(email).catch((error: unknown) => error)
      expect(isOutage(failure)).toBe(true)
    }
    await newWorker().ask(email)
    const answer = await as(nobody, broken({ CODE_QUEUE: { send: () => Promise.reject(new Error('down')) } })).post(
      '/v1/sign-in/email',
      { email },
    )
    expectProblem(answer, 503, 'unavailable')
  })

  test('counts for nothing when the directory fails before the mail is queued', async () => {
    const email = newAddress()
    let isDown = false
    const guarded = accountsThat(() => isDown)
    const accounts = new Proxy(guarded, {
      get(target, name) {
        if (name !== 'prepare') return bound(target, name)
        return (statement: string) => {
          const isInsert = statement.includes('insert into "email_challenges"')
          isDown = isInsert
          return target.prepare(statement)
        }
      },
    })
    for (let time = 0; time < 8; time += 1) {
      const failure: unknown = await newWorker({ accounts })
        .ask(email)
        .catch((error: unknown) => error)
      expect(isOutage(failure)).toBe(true)
    }
    const worker = newWorker()
    await worker.ask(email)
    expect(worker.queued).toHaveLength(1)
  })

  test('looks at no account, so that known and unknown addresses take the same time', async () => {
    const statements: string[] = []
    const listening = new Proxy(env.ACCOUNTS, {
      get(target, name) {
        if (name !== 'prepare') return bound(target, name)
        return (statement: string) => {
          statements.push(statement)
          return target.prepare(statement)
        }
      },
    })
    const { email } = await newUser()
    const run = async (address: string) => {
      statements.length = 0
      const worker = newWorker({ accounts: listening })
      await worker.ask(address)
      await worker.enter(address, wrongCodes((await mailedTo(address)).code, 1)[0] ?? '')
      return [...statements]
    }
    const known = await run(email)
    expect(await run(newAddress())).toEqual(known)
    expect(known.join()).not.toMatch(/users/)
  })
})

describe('wrong codes', () => {
  test('are fifty an hour for a network, over all addresses and at once; right ones are not counted', async () => {
    const network = '2001:db8:77:1::/64'
    const worker = newWorker()
    const right = await asked(worker)
    const guess = (email: string) => worker.enter(email, '123456', NOON, network)
    const answers = await Promise.all(Array.from({ length: 49 }, () => guess(newAddress())))
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set([JSON.stringify(EXPIRED)]))

    expect(await worker.enter(right.email, right.code, NOON, network)).toMatchObject({ ok: true })
    const last = await Promise.all(Array.from({ length: 10 }, () => guess(newAddress())))

    expect(last.filter((answer) => JSON.stringify(answer) === JSON.stringify(EXPIRED))).toHaveLength(1)
    const limited = { ok: false, error: { code: 'sign_in_rate_limited', retryAfterSeconds: 3_600 } }
    expect(await guess(newAddress())).toEqual(limited)
    expect(await worker.enter(newAddress(), '123456', NOON, '203.0.113.200')).toEqual(EXPIRED)
    const anew = await Promise.all(
      Array.from({ length: 60 }, () => worker.enter(newAddress(), '123456', NOON + HOUR, network)),
    )
    expect(anew.filter((answer) => JSON.stringify(answer) === JSON.stringify(EXPIRED))).toHaveLength(50)
    expect(anew).toContainEqual(limited)
  })
})

describe('a link', () => {
  test('is looked at as often as one likes, and still signs in', async () => {
    const worker = newWorker()
    const { email, token } = await asked(worker)
    for (let time = 0; time < 10; time += 1)
      expect(await worker.view(token)).toEqual({ ok: true, value: { email, joining: null } })
    expect(await countOf(email)).toBe(0)
    expect(await worker.open(token)).toMatchObject({ ok: true, value: { user: { email }, created: true } })
    expect(await worker.view(token)).toEqual(EXPIRED)
  })

  test('still works when somebody else has used up the tries of the code', async () => {
    const worker = newWorker()
    const { email, code, token } = await asked(worker)
    for (const wrong of wrongCodes(code, GUESSES_OF_NETWORK)) await worker.enter(email, wrong)
    expect(await worker.enter(email, code)).toMatchObject({ ok: false, error: { code: 'sign_in_rate_limited' } })
    expect(await worker.open(token)).toMatchObject({ ok: true })
  })

  test('and code together let one in, however many come at once', async () => {
    const worker = newWorker()
    const { email, code, token } = await asked(worker)
    const tries = Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0 ? worker.open(token) : worker.enter(email, code),
    )
    const answers = await Promise.all(tries)
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    // A right code counts as a try as well, until it is found to be right.
    const late = /^sign_in_(code_expired|rate_limited)$/
    for (const answer of answers) if (!answer.ok) expect(answer.error.code).toMatch(late)
    expect(await countOf(email)).toBe(1)
  })
})

test('of two browsers that ask at once one has the mail that counts, and the other one’s is of no use', async () => {
  const workers = [newWorker(), newWorker()]
  const email = newAddress()
  await Promise.all(workers.map((worker) => worker.ask(email)))
  const { token, challengeId } = await mailedTo(email)
  const ids = workers.flatMap(({ queued }) => queued.map((message) => (message as { challengeId: string }).challengeId))
  expect(new Set(ids).size).toBe(2)
  for (const id of ids.filter((one) => one !== challengeId)) {
    expect(await newWorker().open(proofOf({ purpose: 'sign_in', id, email }).token)).toEqual(EXPIRED)
  }
  expect(await newWorker().open(token)).toMatchObject({ ok: true })
})

describe('an account', () => {
  test('is one for an address, by whichever of the ways people come at once', async () => {
    const email = newAddress()
    const team = await newOrganization()
    const invitation = await newInvitation(team, { email })
    const worker = newWorker()
    const { code, token } = await asked(worker, email)
    await Promise.all([
      worker.enter(email, code),
      worker.open(token),
      ...Array.from({ length: 6 }, () => as(nobody).post(`/v1/invitations/${invitation.token}/accept`)),
      ...Array.from({ length: 6 }, () => as(operator).post('/v1/users', { email: email.toUpperCase() })),
      ...Array.from({ length: 6 }, () => as(operator).post(`${team.path}/members`, { email: ` ${email}` })),
    ])
    await followed(team)
    const [user, ...others] = await inAccounts<{ id: string }>('select id from users where email = ?', email)
    expect(others).toEqual([])
    const members = (await team.owner.api.get(`${team.path}/members?query=${email}`)).body.data
    expect(members).toMatchObject([{ user_id: user?.id, email }])
  })

  test('that is being deleted lets nobody in, whose proof stays as it was', async () => {
    const { id, email } = await newUser()
    const worker = newWorker()
    const { code, token } = await asked(worker, email)
    await inAccounts('update users set closing_at = 1 where id = ?', id)
    const closing = { ok: false, error: { code: 'account_closing' } }
    expect(await worker.enter(email, code)).toEqual(closing)
    expect(await worker.open(token)).toEqual(closing)
    expect(await countOf(email)).toBe(0)
    expect(await worker.view(token)).toMatchObject({ ok: true })
  })

  test('whose address has moved away since is not entered by the old one', async () => {
    const { id, email } = await newUser()
    const worker = newWorker()
    const { token } = await asked(worker, email)
    await inAccounts('update users set email = ? where id = ?', newAddress(), id)
    expect(await worker.open(token)).toMatchObject({ ok: true, value: { created: true } })
    expect(await inAccounts('select 1 from sessions where user_id = ?', id)).toEqual([])
  })
})

test('a sign-in that fails halfway leaves either the proof or a session, whichever step fails', async () => {
  const outcomes: number[] = []
  for (let failing = 1; ; failing += 1) {
    const { email, code } = await asked(newWorker())
    let calls = 0
    const dying = newWorker({ accounts: accountsThat(() => ++calls === failing) })
    const done = await dying.enter(email, code).catch(() => null)
    if (calls < failing) break
    const sessions = (await countOf(email)) ?? 0
    if (done !== null) expect([done.ok, sessions]).toEqual([true, 1])
    else expect(await newWorker().enter(email, code)).toMatchObject(sessions === 1 ? EXPIRED : { ok: true })
    expect(await countOf(email)).toBe(1)
    outcomes.push(sessions)
  }
  expect(outcomes).toContain(0)
  expect(outcomes.length).toBeGreaterThan(6)
})

test('a sign-in goes on elsewhere, after all objects were gone', async () => {
  const { email, code } = await asked(newWorker())
  await abortAllDurableObjects()
  const signedIn = await newWorker().enter(email, code)
  await abortAllDurableObjects()
  const { ACCOUNTS } = newWorker().bindings
  const token = signedIn.ok ? signedIn.value.token : ''
  expect(await currentSession(ACCOUNTS, token, NOON + 1)).toMatchObject({ method: 'email_code' })
})

/* A guesser who spreads guesses over networks, time, Workers and restarts; against what should become of it. */

class Guesser {
  readonly email = newAddress()
  worker = newWorker()
  now = NOON
  newest: Mailed | null = null
  replaced: Mailed | null = null
  tries = 0
  until = 0
  #networks = 0

  /** No network gets in another's way here. */
  network(): string {
    this.#networks += 1
    return `${this.email}-${this.#networks}`
  }

  get left(): number {
    return this.now < this.until ? Math.min(this.tries, GUESSES_PER_DAY - this.#ofDay().used) : 0
  }

  /** Tries that were looked at, of which this many were wrong. */
  tried(wrong: number): void {
    this.tries -= wrong
    this.#ofDay().used += wrong
  }

  #day = { used: 0, until: 0 }

  /** A day begins with its first try. */
  #ofDay() {
    if (this.now >= this.#day.until) this.#day = { used: 0, until: this.now + 24 * HOUR }
    return this.#day
  }
}

type Step = (guesser: Guesser) => Promise<void>

const ask: Step = async (one) => {
  await one.worker.ask(one.email, one.now, one.network())
  const newest = await mailedTo(one.email)
  // At the limit of mails the one that was sent last stays good.
  if (newest.challengeId === one.newest?.challengeId) return
  one.replaced = one.newest
  one.newest = newest
  one.tries = GUESSES_OF_CODE
  one.until = one.now + CHALLENGE_LIFETIME_MS
}

const wait =
  (ms: number): Step =>
  async (one) => {
    one.now += ms
  }

const restart: Step = async (one) => {
  one.worker = newWorker()
}

const guess =
  (times: number): Step =>
  async (one) => {
    const codes = wrongCodes(one.newest?.code ?? '000000', times)
    const answers = await Promise.all(codes.map((code) => one.worker.enter(one.email, code, one.now, one.network())))
    const learned = answers.filter((answer) => !answer.ok && answer.error.code === 'sign_in_code_wrong').length
    expect(learned).toBe(Math.min(times, one.left))
    if (learned > 0) one.tried(learned)
  }

const enter =
  (by: 'code' | 'link'): Step =>
  async (one) => {
    const isMeant = one.now < one.until && (by === 'link' || one.left > 0)
    const before = (await countOf(one.email)) ?? 0
    const entered =
      by === 'link'
        ? await one.worker.open(one.newest?.token ?? '', one.now)
        : await one.worker.enter(one.email, one.newest?.code ?? '000000', one.now, one.network())
    expect(entered.ok).toBe(isMeant)
    expect(await countOf(one.email)).toBe(before + (isMeant ? 1 : 0))
    if (isMeant && by === 'code') one.tried(0)
    if (isMeant) one.until = 0
  }

const openReplaced: Step = async (one) => {
  expect(await one.worker.open(one.replaced?.token ?? '', one.now)).toEqual(EXPIRED)
}

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(ask, openReplaced, restart) },
  { weight: 1, arbitrary: fc.constantFrom(enter('code'), enter('link')) },
  { weight: 1, arbitrary: fc.constantFrom(1, CHALLENGE_LIFETIME_MS - 1, CHALLENGE_LIFETIME_MS, HOUR).map(wait) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 8 }).map(guess) },
)

test('whatever happens in whichever order, a mail is good for one sign-in and twenty tries', async () => {
  const property = fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 20 }), async (history) => {
    const guesser = new Guesser()
    for (const step of [ask, ...history]) await step(guesser)
  })
  await fc.assert(property, { seed: 20_260_301, numRuns: 8 })
})

describe('the mail', () => {
  const message = (challengeId: string) => ({ version: 1, kind: 'sign_in', id: challengeId, challengeId })
  const ACKNOWLEDGED = { explicitAcks: ['m0'], retryMessages: [] }
  const clock = () => NOON + MINUTE

  test('carries the code and the link to the address, once', async () => {
    const { email, challengeId, code, token } = await asked(newWorker())
    const outbox = transport()
    for (let time = 0; time < 3; time += 1) {
      expect(await deliver([message(challengeId)], { transport: outbox, clock })).toMatchObject(ACKNOWLEDGED)
    }
    expect(outbox.sent).toHaveLength(1)
    const [mail] = outbox.sent
    expect(mail).toMatchObject({ id: challengeId, to: { address: email }, subject: `${code} is your sign-in code` })
    expect(mail?.links).toEqual([`https://muster.test/sign-in/link/${token}`])
  })

  test.each<[string, (worker: Worker, mailed: Mailed & { email: string }) => Promise<unknown>, number]>([
    ['has expired', async () => undefined, CHALLENGE_LIFETIME_MS],
    ['was replaced by a newer one', (worker, { email }) => worker.ask(email), MINUTE],
    ['was used', (worker, { email, code }) => worker.enter(email, code), MINUTE],
  ])('is not sent any more when its challenge %s', async (_, meanwhile, later) => {
    const worker = newWorker()
    const mailed = await asked(worker)
    await meanwhile(worker, mailed)
    const outbox = transport()
    const result = await deliver([message(mailed.challengeId)], { transport: outbox, clock: () => NOON + later })
    expect(result).toMatchObject(ACKNOWLEDGED)
    expect(outbox.sent).toEqual([])
  })

  test('is tried again while it is not taken, and let go once it never will be', async () => {
    const { challengeId } = await asked(newWorker())
    const outbox = transport(transient(), permanent())
    const first = await deliver([message(challengeId)], { transport: outbox, clock })
    expect(first.retryMessages).toMatchObject([{ msgId: 'm0' }])
    expect(await deliver([message(challengeId)], { transport: outbox, clock })).toMatchObject(ACKNOWLEDGED)
    expect(await deliverDead([message(challengeId)], { clock })).toMatchObject(ACKNOWLEDGED)
    expect(outbox.sent).toEqual([])
  })

  test('and an invitation of the same batch do not get in the way of each other', async () => {
    const { challengeId } = await asked(newWorker())
    const invitation = await inviteByMail(await newOrganization())
    const result = await deliver([message(challengeId), invitation.message], { clock })
    expect(result.explicitAcks.toSorted()).toEqual(['m0', 'm1'])
    expect((await as(operator).get(invitation.path)).body.delivery).toBe('sent')
  })
})
