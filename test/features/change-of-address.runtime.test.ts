import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { codeOf, signChallengeLink } from '../../src/accounts/challenge-proof.ts'
import { CHALLENGE_LIFETIME_MS, type EmailChallenge } from '../../src/accounts/email-challenges.ts'
import type { MailMessage } from '../../src/contract/mail-message.ts'
import { configOf } from '../../src/env.ts'
import { submit, visit } from '../portal/site.ts'
import { type Answer, as, bearer, expectInvalid, expectProblem, operator } from '../support/api.ts'
import {
  followed,
  type Member,
  newMember,
  newOrganization,
  newUser,
  type Person,
  type Team,
} from '../support/api-builders.ts'
import { broken } from '../support/api-faults.ts'
import { deliver, transport } from '../support/api-mail.ts'
import { newSession } from '../support/api-world.ts'
import { cookieOf } from '../support/portal-people.ts'
import { inAccounts } from './storage.ts'

/* Nobody gets another address without proof of it, and nobody learns before whether it is somebody's. */

const { LINK_KEYS } = configOf(env)
const EVENTUALLY = { timeout: 90_000, interval: 50 }
const api = as(operator)

let networks = 0
let from: Record<string, string>
beforeEach(() => {
  networks += 1
  from = { 'CF-Connecting-IP': `198.51.100.${networks}` }
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

let addresses = 0
const newAddress = () => `moved-${++addresses}@x.test`

const ask = (person: Person, email: string): Promise<Answer> => person.api.post('/v1/users/me/email', { email }, from)
const verify = (person: Pick<Person, 'api'>, code: string): Promise<Answer> =>
  person.api.post('/v1/users/me/email/verify', { code }, from)

async function challengeOf({ id }: { readonly id: string }): Promise<EmailChallenge> {
  const [row] = await inAccounts<EmailChallenge>(
    "select * from email_challenges where purpose = 'email_change' and subject = ?",
    id,
  )
  if (row === undefined) throw new Error(`No change of address is under way for ${id}`)
  return row
}

/** What the mail to the new address carries. */
async function mailed(person: Person, email: string): Promise<{ code: string; token: string }> {
  expect((await ask(person, email)).status).toBe(202)
  const challenge = await challengeOf(person)
  return { code: codeOf(challenge, LINK_KEYS), token: signChallengeLink(challenge, LINK_KEYS) }
}

const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')
const userOf = async ({ id }: Person) => (await api.get(`/v1/users/${id}`)).body
const shown = async (team: Team, { memberId }: Member) =>
  (await team.owner.api.get(`${team.path}/members/${memberId}`)).body

describe('a change of address', () => {
  test('counts with the code of the mail, everywhere', async () => {
    const team = await newOrganization()
    const bob = await newMember(team)
    await followed(team)
    const email = newAddress()
    const { code } = await mailed(bob, email)
    expect((await userOf(bob)).email).toBe(bob.email)

    const answer = await verify(bob, `${code.slice(0, 3)} ${code.slice(3)}`)

    expect(answer.body).toMatchObject({ object: 'user', id: bob.id, email, email_verified: true })
    await vi.waitFor(async () => expect((await shown(team, bob)).email).toBe(email), EVENTUALLY)
    expectProblem(await verify(bob, code), 410, 'sign_in_code_expired')
    const events = await inAccounts(
      "select actor_id, data from environment_events where type = 'user.email_changed' and target_id = ?",
      bob.id,
    )
    expect(events).toEqual([{ actor_id: bob.id, data: '{}' }])
  })

  test('frees the former address, and takes it for whoever signs in with the new one', async () => {
    const bob = await newUser()
    const email = newAddress()
    await verify(bob, (await mailed(bob, email)).code)
    expect((await api.post('/v1/users', { email: bob.email })).status).toBe(201)
    expectProblem(await api.post('/v1/users', { email }), 409, 'email_taken')
  })

  test('ends all sessions but the one that it was made in', async () => {
    const bob = await newUser()
    const [here, elsewhere] = [await newSession(bob), await newSession(bob)]
    const { code } = await mailed(bob, newAddress())
    await verify({ api: as(bearer(here.token)) }, code)
    expect((await as(bearer(here.token)).get('/v1/session')).status).toBe(200)
    expect((await as(bearer(elsewhere.token)).get('/v1/session')).status).toBe(401)
  })

  test('and the end of the other sessions are one step: both or neither, whichever step fails', async () => {
    const bob = await newUser()
    const [here, elsewhere] = [await newSession(bob), await newSession(bob)]
    const isOpen = async () => (await as(bearer(elsewhere.token)).get('/v1/session')).status === 200
    const refuse = `create trigger refuse before delete on sessions when old.id = '${elsewhere.session.id}'
      begin select raise(abort, 'refused'); end`
    const email = newAddress()
    const { code } = await mailed(bob, email)
    await inAccounts(refuse)
    try {
      expectProblem(await verify({ api: as(bearer(here.token)) }, code), 503, 'unavailable')
    } finally {
      await inAccounts('drop trigger refuse')
    }
    expect([(await userOf(bob)).email, await isOpen()]).toEqual([bob.email, true])

    await verify({ api: as(bearer(here.token)) }, code)
    expect([(await userOf(bob)).email, await isOpen()]).toEqual([email, false])
    expect((await as(bearer(here.token)).get('/v1/session')).status).toBe(200)
  })

  test('is told to both addresses: the code to the new one, that it was done to the former', async () => {
    const bob = await newUser()
    const email = newAddress()
    const sent: MailMessage[] = []
    const MAIL_QUEUE = {
      send: async (message: MailMessage) => void sent.push(message),
      sendBatch: async (batch: { body: MailMessage }[]) => void sent.push(...batch.map(({ body }) => body)),
    }
    const person = {
      ...bob,
      api: as({ ...operator, 'Muster-On-Behalf-Of': bob.id }, broken({ MAIL_QUEUE, CODE_QUEUE: MAIL_QUEUE })),
    }
    const { code, token } = await mailed(person, email)
    const outbox = transport()
    await deliver(sent, { transport: outbox })
    await verify(person, code)
    await deliver(sent.slice(1), { transport: outbox })

    const [proof, notice] = outbox.sent
    expect(proof).toMatchObject({ to: { address: email }, subject: `${code} confirms your new address` })
    expect(proof?.links).toEqual([`https://muster.test/account/email/${token}`])
    for (const part of [proof?.text, proof?.html]) expect(part).toContain(code)
    expect(notice).toMatchObject({ to: { address: bob.email }, subject: 'Your email at muster.test was changed' })
    expect(`${notice?.text}${notice?.html}`).not.toContain(email)
    expect(JSON.stringify(sent)).not.toContain(code)
    expect(outbox.sent).toHaveLength(2)
  })

  test('is made though nobody can be told', async () => {
    const bob = await newUser()
    const { code } = await mailed(bob, newAddress())
    const overloaded = () => Promise.reject(new Error('Queue is overloaded'))
    const deaf = { send: overloaded, sendBatch: overloaded }
    const person = { api: as({ ...operator, 'Muster-On-Behalf-Of': bob.id }, broken({ MAIL_QUEUE: deaf })) }
    expect((await verify(person, code)).status).toBe(200)
  })
})

describe('an address that another account has', () => {
  test('gets the same answer, and only proof shows that it is taken', async () => {
    const [bob, cat] = [await newUser(), await newUser()]
    const free = await ask(bob, newAddress())
    const taken = await ask(bob, cat.email)
    const alike = ({ status, body }: Answer) => ({ status, ...body, email: '', expires_at: '' })
    expect(alike(taken)).toEqual(alike(free))
    const { code } = await mailed(bob, cat.email)
    expectProblem(await verify(bob, wrong(code)), 401, 'sign_in_code_wrong', { tries_left: 4 })
    expectProblem(await verify(bob, code), 409, 'email_taken')
    expect((await userOf(bob)).email).toBe(bob.email)
  })

  test('goes to one of two who prove it at once', async () => {
    const [bob, cat] = [await newUser(), await newUser()]
    const email = newAddress()
    const codes = [await mailed(bob, email), await mailed(cat, email)]
    const answers = await Promise.all([bob, cat].map((person, index) => verify(person, codes[index]?.code ?? '')))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })
})

describe('a code', () => {
  test('has five tries', async () => {
    const bob = await newUser()
    const { code } = await mailed(bob, newAddress())
    for (const left of [4, 3, 2, 1, 0]) {
      expectProblem(await verify(bob, wrong(code)), 401, 'sign_in_code_wrong', { tries_left: left })
    }
    expectProblem(await verify(bob, code), 429, 'sign_in_rate_limited')
  })

  test('is of no use to anybody else, nor for signing in', async () => {
    const [bob, cat] = [await newUser(), await newUser()]
    const email = newAddress()
    const { code, token } = await mailed(bob, email)
    expectProblem(await verify(cat, code), 410, 'sign_in_code_expired')
    for (const proof of [{ email, code }, { token }]) {
      expectProblem(await as({}).post('/v1/sign-in/email/verify', proof, from), 410, 'sign_in_code_expired')
    }
  })

  test('is of no use after ten minutes, or once a newer one was sent', async () => {
    const bob = await newUser()
    const first = await mailed(bob, newAddress())
    await mailed(bob, newAddress())
    expect((await verify(bob, first.code)).status).not.toBe(200)
    const last = await mailed(bob, newAddress())
    await inAccounts(
      'update email_challenges set expires_at = expires_at - ? where subject = ?',
      CHALLENGE_LIFETIME_MS,
      bob.id,
    )
    expectProblem(await verify(bob, last.code), 410, 'sign_in_code_expired')
  })

  test('counts with the mails to sign in: a mailbox gets five in a quarter of an hour', async () => {
    const bob = await newUser()
    const email = newAddress()
    for (let mail = 0; mail < 5; mail += 1) expect((await ask(bob, email)).status).toBe(202)
    const challenges = () => inAccounts('select * from email_challenges where email = ?', email)
    const before = await challenges()
    expect((await ask(bob, email)).status).toBe(202)
    expect((await as({}).post('/v1/sign-in/email', { email }, from)).status).toBe(202)
    expect(await challenges()).toEqual(before)
  })
})

test('one’s own address is no new one', async () => {
  const bob = await newUser()
  expectInvalid(await ask(bob, bob.email.toUpperCase()), 'email')
})

describe('the operator', () => {
  test('gives an account another address at once; nobody stays signed in', async () => {
    const bob = await newUser()
    const session = await newSession(bob)
    const email = newAddress()
    const { body } = await api.patch(`/v1/users/${bob.id}`, { email, name: 'Robert' })
    expect(body).toMatchObject({ email, email_verified: false, name: 'Robert' })
    expect((await as(bearer(session.token)).get('/v1/session')).status).toBe(401)
  })

  test('answers for its proof', async () => {
    const bob = await newUser()
    const { body } = await api.patch(`/v1/users/${bob.id}`, { email: newAddress(), email_verified: true })
    expect(body.email_verified).toBe(true)
  })

  test('changes nothing when it is taken, and nothing when it is the same', async () => {
    const [bob, cat] = [await newUser(), await newUser()]
    expectProblem(await api.patch(`/v1/users/${bob.id}`, { email: cat.email, name: 'Cat' }), 409, 'email_taken')
    expect(await userOf(bob)).toMatchObject({ email: bob.email, name: bob.name })
    const session = await newSession(bob)
    await api.patch(`/v1/users/${bob.id}`, { email: bob.email })
    expect((await as(bearer(session.token)).get('/v1/session')).status).toBe(200)
    expectProblem(
      await api.patch('/v1/users/usr_01h455vb4pex5vsknk084sn02q', { email: newAddress() }),
      404,
      'not_found',
    )
  })
})

describe('the page behind the link', () => {
  test('changes nothing when it is looked at, and the address when its button is pressed', async () => {
    const bob = await newUser()
    const email = newAddress()
    const { token } = await mailed(bob, email)
    const headers = await cookieOf(bob)
    const page = await visit(`/account/email/${token}`, { headers })
    expect([page.status, page.text]).toEqual([200, expect.stringContaining(email)])
    expect((await userOf(bob)).email).toBe(bob.email)

    const done = await submit(`/account/email/${token}`, { headers })

    expect([done.status, done.headers.get('Location')]).toEqual([303, '/account'])
    expect((await userOf(bob)).email).toBe(email)
    expect((await visit(`/account/email/${token}`, { headers })).status).toBe(410)
  })

  test('is of no use to another account, or to one that the address is taken from', async () => {
    const [bob, cat] = [await newUser(), await newUser()]
    const { token } = await mailed(bob, cat.email)
    expect((await visit(`/account/email/${token}`, { headers: await cookieOf(cat) })).status).toBe(410)
    expect((await submit(`/account/email/${token}`, { headers: await cookieOf(cat) })).status).toBe(410)
    expect((await submit(`/account/email/${token}`, { headers: await cookieOf(bob) })).status).toBe(409)
    expect((await visit('/account/email/k1.forged', { headers: await cookieOf(bob) })).status).toBe(410)
  })
})
