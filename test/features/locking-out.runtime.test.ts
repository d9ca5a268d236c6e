import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { UpdateSettings } from '../../src/contract/settings.ts'
import { GUESSES_OF_CODE, GUESSES_OF_NETWORK, GUESSES_PER_DAY } from '../../src/onboarding/proof-limits.ts'
import { settingsAre } from '../portal/site.ts'
import { type Answer, as, expectProblem, nobody } from '../support/api.ts'
import { newUser } from '../support/api-builders.ts'
import { broken } from '../support/api-faults.ts'
import { minutes } from '../support/commands.ts'
import { mailedTo, wrongCodes } from '../support/sign-in.ts'
import { inAccounts } from './storage.ts'

/* Strangers ask for codes to somebody's address and guess them. The owner of the address gets in all the same. */

const HOUR = minutes(60)

let people = 0
const newAddress = () => `owner-${++people}@x.test`
let networks = 0
/** In a /24 of its own. */
const newNetwork = () => `10.${people % 250}.${++networks % 250}.7`

type From = Record<string, string>
const from = (network: string): From => ({ 'CF-Connecting-IP': network })
const ask = (email: string, headers: From = from(newNetwork())): Promise<Answer> =>
  as(nobody, worker).post('/v1/sign-in/email', { email }, headers)
const verify = (proof: object, headers: From = from(newNetwork())): Promise<Answer> =>
  as(nobody).post('/v1/sign-in/email/verify', proof, headers)
const guess = (email: string, code: string, headers?: From) => verify({ email, code: wrongCodes(code, 1)[0] }, headers)
const atOnce = <T>(count: number, call: () => Promise<T>) => Promise.all(Array.from({ length: count }, call))

/** The mails that have left so far, by the ids of their challenges. */
const queued: string[] = []
const worker = broken({
  CODE_QUEUE: { send: async ({ challengeId }: { challengeId: string }) => void queued.push(challengeId) },
})

/** A device on which the owner of the address has signed in before. */
async function knownDevice(email: string): Promise<From> {
  await ask(email)
  const { code } = await mailedTo(email)
  const answer = await verify({ email, code })
  expect(answer.status).toBe(201)
  return { 'Muster-Device': answer.headers.get('Muster-Device') ?? '' }
}

beforeEach(() => {
  queued.length = 0
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await settingsAre()
})

/** As the clock of the worker has it. */
const at = (time: number) => vi.setSystemTime(time)

describe('requests for mails', () => {
  test('are all answered alike; five of twenty at once mail something, and the newest code stays good', async () => {
    const email = newAddress()
    const answers = await atOnce(20, () => ask(email))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    expect(new Set(answers.map(({ body }) => Object.keys(body).join()))).toEqual(new Set(['object,email,expires_at']))
    const { code } = await mailedTo(email)
    await ask(email)
    expect((await verify({ email, code })).status).toBe(201)
    expect(queued).toHaveLength(5)
  })

  test('at a limit are told to the log, without the address or the network', async () => {
    const email = newAddress()
    const logged = vi.spyOn(console, 'warn')
    for (let time = 0; time < 6; time += 1) await ask(email)
    expect(logged.mock.calls).toContainEqual([{ message: 'code not mailed', purpose: 'sign_in', limit: 'code-mails' }])
    expect(JSON.stringify(logged.mock.calls)).not.toMatch(/x\.test|10\.\d/)
  })

  test('at a limit say of an expiry what the others say', async () => {
    const now = Date.now()
    at(now)
    const { email } = await newUser()
    for (const address of [email, newAddress()]) {
      for (let time = 0; time < 6; time += 1) {
        at(now + time * 1_000)
        const { body } = await ask(address)
        expect(Date.parse(body.expires_at)).toBe(now + time * 1_000 + minutes(10))
      }
    }
  })

  test('are mailed twenty times a day', async () => {
    const email = newAddress()
    const start = Date.now()
    for (let quarter = 0; quarter < 4; quarter += 1) {
      at(start + quarter * minutes(16))
      await atOnce(5, () => ask(email))
    }
    const { challengeId } = await mailedTo(email)
    at(start + 5 * HOUR)
    await ask(email)
    expect((await mailedTo(email)).challengeId).toBe(challengeId)
    at(start + 24 * HOUR + 1)
    await ask(email)
    expect((await mailedTo(email)).challengeId).not.toBe(challengeId)
  })

  test('by strangers, as many as there are, leave a known device its own five', async () => {
    const email = newAddress()
    const device = await knownDevice(email)
    await atOnce(30, () => ask(email))
    const before = await mailedTo(email)
    await ask(email, { ...from(newNetwork()), ...device })
    const { challengeId, code } = await mailedTo(email)
    expect(challengeId).not.toBe(before.challengeId)
    expect((await verify({ email, code })).status).toBe(201)
    queued.length = 0
    await atOnce(10, () => ask(email, { ...from(newNetwork()), ...device }))
    expect(queued).toHaveLength(4)
  })

  test('from a device that is known for another account only, or that is made up, count as a stranger’s', async () => {
    const email = newAddress()
    const stranger = await knownDevice(newAddress())
    queued.length = 0
    for (const headers of [stranger, { 'Muster-Device': 'k1.AAAAAAAAAAAAAAAAAAAAAA.AAAA' }]) {
      for (let time = 0; time < 5; time += 1) await ask(email, { ...from(newNetwork()), ...headers })
    }
    expect(queued).toHaveLength(5)
  })
})

describe('wrong codes', () => {
  test('of one network are refused after five, and the owner’s code is still good', async () => {
    const email = newAddress()
    await ask(email)
    const { code } = await mailedTo(email)
    const stranger = from(newNetwork())
    for (const left of [4, 3, 2, 1, 0]) {
      expectProblem(await guess(email, code, stranger), 401, 'sign_in_code_wrong', { tries_left: left })
    }
    const refused = await guess(email, code, stranger)
    expectProblem(refused, 429, 'sign_in_rate_limited')
    expect(refused.body.retry_after).toBeLessThanOrEqual(10 * 60)
    expectProblem(await verify({ email, code }, stranger), 429, 'sign_in_rate_limited')
    expect((await verify({ email, code })).status).toBe(201)
  })

  test('of all networks together are twenty, however many guess at once; then the link works, and a known device', async () => {
    const email = newAddress()
    const device = await knownDevice(email)
    await ask(email)
    const { code, token } = await mailedTo(email)
    const answers = await atOnce(60, () => guess(email, code))
    expect(answers.filter(({ body }) => body.code === 'sign_in_code_wrong')).toHaveLength(GUESSES_OF_CODE)
    expect(answers.filter(({ body }) => body.code === 'sign_in_rate_limited')).toHaveLength(60 - GUESSES_OF_CODE)
    expectProblem(await verify({ email, code }), 429, 'sign_in_rate_limited')
    const fromDevice = await guess(email, code, { ...from(newNetwork()), ...device })
    expectProblem(fromDevice, 401, 'sign_in_code_wrong', { tries_left: GUESSES_OF_NETWORK - 1 })
    expect((await verify({ email, code }, { ...from(newNetwork()), ...device })).status).toBe(201)

    await ask(email)
    const next = await mailedTo(email)
    await atOnce(30, () => guess(email, next.code))
    expect((await verify({ token })).status).toBe(410)
    expect((await verify({ token: next.token })).status).toBe(201)
  })

  test('of a day and an address are fifty over all its codes; a new mail brings no more, but its link works', async () => {
    const email = newAddress()
    let learned = 0
    for (let mail = 0; mail < 4; mail += 1) {
      await ask(email)
      const { code } = await mailedTo(email)
      const answers = await atOnce(GUESSES_OF_CODE + 2, () => guess(email, code))
      learned += answers.filter(({ body }) => body.code === 'sign_in_code_wrong').length
    }
    expect(learned).toBe(GUESSES_PER_DAY)
    await ask(email)
    const { code, token } = await mailedTo(email)
    const refused = await verify({ email, code })
    expectProblem(refused, 429, 'sign_in_rate_limited')
    expect(refused.body.retry_after).toBeGreaterThan(23 * 60 * 60)
    expect((await verify({ token })).status).toBe(201)
  })

  test('from a known device are five for a code, like those of any network', async () => {
    const email = newAddress()
    const device = await knownDevice(email)
    await ask(email)
    const { code } = await mailedTo(email)
    const answers = await atOnce(12, () => guess(email, code, { ...from(newNetwork()), ...device }))
    expect(answers.filter(({ body }) => body.code === 'sign_in_code_wrong')).toHaveLength(GUESSES_OF_NETWORK)
  })

  test('where nothing was mailed use up nothing of the address', async () => {
    const email = newAddress()
    for (let time = 0; time < 8; time += 1) expectProblem(await guess(email, '123456'), 410, 'sign_in_code_expired')
    await ask(email)
    const { code } = await mailedTo(email)
    expectProblem(await guess(email, code), 401, 'sign_in_code_wrong', { tries_left: GUESSES_OF_NETWORK - 1 })
  })
})

describe('the settings', () => {
  const set = (settings: UpdateSettings) => settingsAre(settings)
  /** The addresses to which a request mailed a code. */
  const opened = async (emails: readonly string[]) => {
    const asked = JSON.stringify(emails)
    const query = 'select email from email_challenges where email in (select value from json_each(?))'
    return (await inAccounts(query, asked)).length
  }

  test.each([
    ['one IPv4 address', { code_mails_per_network_hour: 3 }, () => '192.0.2.1', '192.0.2.2'],
    ['one IPv6 /64', { code_mails_per_network_hour: 3 }, (n: number) => `2001:db8:1:1::${n}`, '2001:db8:1:2::1'],
    ['one IPv4 /24', { code_mails_per_wider_network_hour: 3 }, (n: number) => `198.51.100.${n}`, '198.51.101.1'],
    ['one IPv6 /48', { code_mails_per_wider_network_hour: 3 }, (n: number) => `2001:db8:7:${n}::1`, '2001:db8:8:1::1'],
  ])('limit the mails that %s asks for in an hour', async (_, settings, addressOf, elsewhere) => {
    await set(settings)
    const emails = Array.from({ length: 6 }, newAddress)
    const answers = await Promise.all(emails.map((email, n) => ask(email, from(addressOf(n + 1)))))
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(202))
    expect(await opened(emails)).toBe(3)
    const other = newAddress()
    await ask(other, from(elsewhere))
    expect(await opened([other])).toBe(1)
  })

  test('limit the mails of the deployment in an hour, but not those that known devices ask for', async () => {
    const email = newAddress()
    const device = await knownDevice(email)
    // The counts of the tests before are over by then.
    at(Date.now() + 100 * HOUR)
    await set({ code_mails_per_hour: 2 })
    const emails = Array.from({ length: 4 }, newAddress)
    for (const one of emails) await ask(one)
    expect(await opened(emails)).toBe(2)
    await ask(email)
    expect(await opened([email])).toBe(0)
    await ask(email, { ...from(newNetwork()), ...device })
    expect(await opened([email])).toBe(1)
  })

  test.each([
    ['one network', { wrong_codes_per_network_hour: 2 }, () => '192.0.2.77'],
    ['one IPv6 /48', { wrong_codes_per_wider_network_hour: 2 }, (n: number) => `2001:db8:99:${n}::1`],
    ['the deployment', { wrong_codes_per_hour: 2 }, (n: number) => `203.0.${n}.1`],
  ])(
    'limit the wrong codes of %s in an hour; links and known devices are not concerned',
    async (_, settings, addressOf) => {
      at(Date.now() + 4 * HOUR * ++people)
      const owner = newAddress()
      const device = await knownDevice(owner)
      await set(settings)
      for (const n of [1, 2, 3]) {
        const email = newAddress()
        await ask(email)
        const { code } = await mailedTo(email)
        const answer = await guess(email, code, from(addressOf(n)))
        expectProblem(answer, n < 3 ? 401 : 429, n < 3 ? 'sign_in_code_wrong' : 'sign_in_rate_limited')
      }
      await ask(owner)
      const { code, token } = await mailedTo(owner)
      expectProblem(await verify({ email: owner, code }, from(addressOf(4))), 429, 'sign_in_rate_limited')
      expect((await verify({ email: owner, code }, { ...from(addressOf(5)), ...device })).status).toBe(201)
      expect((await verify({ token }, from(addressOf(6)))).status).toBe(410)
      await ask(owner)
      const next = await mailedTo(owner)
      expect((await verify({ token: next.token }, from(addressOf(7)))).status).toBe(201)
    },
  )
})

test('the counts of tries name neither addresses, nor networks, nor devices', async () => {
  const email = newAddress()
  const device = await knownDevice(email)
  await ask(email, { ...from('192.0.2.201'), ...device })
  const { results } = await env.ACCOUNTS.prepare('select * from attempts').all()
  const text = JSON.stringify(results)
  for (const hidden of [email, '192.0.2', device['Muster-Device']?.split('.')[1] ?? ''])
    expect(text).not.toContain(hidden)
})
