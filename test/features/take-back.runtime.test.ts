import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { signTakeBackLink, TAKE_BACK_MS } from '../../src/accounts/address-changes.ts'
import { configOf } from '../../src/env.ts'
import { submit, visit } from '../portal/site.ts'
import { type Answer, as, bearer, expectProblem, nobody, operator } from '../support/api.ts'
import { newUser, type Person } from '../support/api-builders.ts'
import { broken } from '../support/api-faults.ts'
import { deliver, transport } from '../support/api-mail.ts'
import { newIdentity, newSession } from '../support/api-world.ts'
import { runCron } from '../support/cron.ts'
import { mailedTo } from '../support/sign-in.ts'
import { inAccounts } from './storage.ts'

/* Whoever reads the mail of a former address takes the change back, whatever was done to the account since. */

const { LINK_KEYS } = configOf(env)
const api = as(operator)
const anyone = as(nobody)
let addresses = 0
let from: Record<string, string>
beforeEach(() => {
  from = { 'CF-Connecting-IP': `192.0.2.${++addresses}` }
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

const newAddress = () => `taken-${++addresses}@x.test`
const emailOf = async ({ id }: Pick<Person, 'id'>) => (await api.get(`/v1/users/${id}`)).body.email

/** By a session that has proven who it is. Answers with the link's token, which the former address gets. */
async function move(person: Pick<Person, 'id'>, to: string): Promise<{ token: string; session: string }> {
  const { token: session } = await newSession(person)
  const client = as(bearer(session))
  expect((await client.post('/v1/users/me/email', { email: to }, from)).status).toBe(202)
  const { code } = await mailedTo(to, 'email_change')
  expect((await client.post('/v1/users/me/email/verify', { code }, from)).status).toBe(200)
  const rows = await inAccounts<{ id: string }>(
    'select id from address_changes where user_id = ? order by changed_at desc, rowid desc limit 1',
    person.id,
  )
  return { token: signTakeBackLink(rows[0]?.id ?? '', LINK_KEYS), session }
}

const takeBack = (token: string): Promise<Answer> => anyone.post(`/v1/email-changes/${token}/take-back`)

describe('a change of address', () => {
  test('is taken back by the link, which ends everything that was signed in', async () => {
    const ann = await newUser()
    const identity = await newIdentity(ann)
    const { token, session } = await move(ann, newAddress())
    expect((await as(bearer(session)).get('/v1/session')).status).toBe(200)
    expect((await anyone.get(`/v1/email-changes/${token}`)).body).toMatchObject({ email: ann.email })

    expect((await takeBack(token)).body).toEqual({ object: 'email_change', email: ann.email, taken_back: true })
    expect(await emailOf(ann)).toBe(ann.email)
    expectProblem(await as(bearer(session)).get('/v1/session'), 401, 'unauthenticated')
    expect((await api.get(`/v1/users/${ann.id}/identities`)).body.data).toEqual([])
    expect(identity).toMatch(/^idy_/)
    const [row] = await inAccounts<{ at: number }>('select tokens_valid_from as at from users where id = ?', ann.id)
    expect(row?.at).toBeGreaterThan(0)
    expectProblem(await takeBack(token), 410, 'email_change_link_expired')
    const events = await api.get(`/v1/events?type=user.email_change_taken_back&target=${ann.id}`)
    expect(events.body.data).toHaveLength(1)
  })

  test('is taken back through a second change, whose own link ends with it', async () => {
    const ann = await newUser()
    const first = await move(ann, newAddress())
    const second = await move(ann, newAddress())
    expect((await takeBack(first.token)).status).toBe(200)
    expect(await emailOf(ann)).toBe(ann.email)
    expectProblem(await takeBack(second.token), 410, 'email_change_link_expired')
    expect(await emailOf(ann)).toBe(ann.email)
  })

  test('is final after 72 hours', async () => {
    const ann = await newUser()
    const email = newAddress()
    const { token } = await move(ann, email)
    await inAccounts(
      'update address_changes set expires_at = ?1 where user_id = ?2 and expires_at = changed_at + ?3',
      Date.now(),
      ann.id,
      TAKE_BACK_MS,
    )
    expectProblem(await anyone.get(`/v1/email-changes/${token}`), 410, 'email_change_link_expired')
    expectProblem(await takeBack(token), 410, 'email_change_link_expired')
    expect(await emailOf(ann)).toBe(email)
  })

  test('is taken back from an account that was made since with the former address, which loses everything that reaches it', async () => {
    const ann = await newUser()
    const { token } = await move(ann, newAddress())
    await anyone.post('/v1/sign-in/email', { email: ann.email }, from)
    const { code } = await mailedTo(ann.email, 'sign_in')
    const signedIn = await anyone.post('/v1/sign-in/email/verify', { email: ann.email, code }, from)
    const other = signedIn.body.user
    expect(other.id).not.toBe(ann.id)
    const client = as(bearer(signedIn.body.token))
    const team = (await client.post('/v1/organizations', { name: 'Made since' })).body
    await newIdentity(other)
    await anyone.post('/v1/sign-in/email', { email: ann.email }, from)
    const kept = await mailedTo(ann.email, 'sign_in')

    expect((await takeBack(token)).status).toBe(200)
    expect(await emailOf(ann)).toBe(ann.email)
    expect(await emailOf(other)).toBe(`${other.id}@set-aside.invalid`)
    expectProblem(await client.get('/v1/session'), 401, 'unauthenticated')
    expect((await api.get(`/v1/users/${other.id}/identities`)).body.data).toEqual([])
    expect(await inAccounts('select 1 from devices where user_id = ?', other.id)).toEqual([])
    const late = await anyone.post('/v1/sign-in/email/verify', { email: ann.email, code: kept.code }, from)
    expect(late.status).not.toBe(201)
    const events = await api.get(`/v1/events?type=user.email_changed&target=${other.id}`)
    expect(events.body.data).toHaveLength(1)

    expectProblem(await api.delete(`/v1/users/${other.id}`), 409, 'last_owner')
    expect((await api.delete(`/v1/organizations/${team.id}`)).status).toBe(204)
    expect((await api.delete(`/v1/users/${other.id}`)).status).toBe(204)
  })

  test('stays while an older account has the former address', async () => {
    const older = await newUser()
    const ann = await newUser()
    const email = newAddress()
    const { token } = await move(ann, email)
    expect((await api.patch(`/v1/users/${older.id}`, { email: ann.email })).status).toBe(200)
    expectProblem(await takeBack(token), 409, 'email_taken')
    expect([await emailOf(ann), await emailOf(older)]).toEqual([email, ann.email])
    await api.delete(`/v1/users/${older.id}`)
    expect((await takeBack(token)).status).toBe(200)
  })

  test('by the operator cannot be taken back, and ends the links of earlier ones', async () => {
    const ann = await newUser()
    const { token } = await move(ann, newAddress())
    const email = newAddress()
    const identity = await newIdentity(ann)
    expect((await api.patch(`/v1/users/${ann.id}`, { email })).status).toBe(200)
    expectProblem(await takeBack(token), 410, 'email_change_link_expired')
    expect(await emailOf(ann)).toBe(email)
    expectProblem(await api.get(`/v1/users/${ann.id}/identities/${identity}`), 404, 'not_found')
    expect(await inAccounts('select id from address_changes where user_id = ?', ann.id)).toEqual([])
  })

  test('is taken back by nobody who made the link up', async () => {
    const ann = await newUser()
    const { token } = await move(ann, newAddress())
    const foreign = signTakeBackLink(token.split('.')[1] ?? '', [{ id: 'k1', secret: 'x'.repeat(32) }])
    for (const made of [foreign, `${token}x`, token.slice(0, -1), 'nothing']) {
      expectProblem(await takeBack(made), 410, 'email_change_link_expired')
    }
  })

  test('at the same moment twice is taken back once', async () => {
    const ann = await newUser()
    const { token } = await move(ann, newAddress())
    const answers = await Promise.all([takeBack(token), takeBack(token)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410])
  })
})

describe('the mail to the former address', () => {
  const waiting = (email: string) =>
    inAccounts<{ id: string; message: string }>(
      "select id, message from account_mails where json_extract(message, '$.email') = ?",
      email,
    )

  test('is written with the change, and leaves by cron when the queue was out of reach', async () => {
    const ann = await newUser()
    const email = newAddress()
    const { token: session } = await newSession(ann)
    await as(bearer(session)).post('/v1/users/me/email', { email }, from)
    const { code } = await mailedTo(email, 'email_change')
    const down = {
      send: () => Promise.reject(new Error('out of reach')),
      sendBatch: () => Promise.reject(new Error('out of reach')),
    }
    const client = as(bearer(session), broken({ MAIL_QUEUE: down }))
    expect((await client.post('/v1/users/me/email/verify', { code }, from)).status).toBe(200)
    const [mail] = await waiting(ann.email)
    expect(JSON.parse(mail?.message ?? '{}')).toMatchObject({ kind: 'email_changed', email: ann.email })
    await runCron(Date.now() + 60_000)
    expect(await waiting(ann.email)).toEqual([])
  })

  test('carries the link, whose page changes nothing until the button is pressed', async () => {
    const ann = await newUser()
    const email = newAddress()
    const { token } = await move(ann, email)
    const [, id = ''] = token.split('.')
    const message = {
      version: 1,
      kind: 'email_changed',
      id: `test-${id}`,
      email: ann.email,
      changeId: id,
      changedAt: 1,
    }
    const sent = transport()
    await deliver([message], { transport: sent })
    const [mail] = sent.sent
    const path = new URL(mail?.links[0] ?? '').pathname
    expect(path).toBe(`/email-changes/${token}`)
    expect(mail?.text).not.toContain(email)

    const page = await visit(path)
    expect([page.status, page.text]).toEqual([200, expect.stringContaining(ann.email)])
    expect(page.text).not.toContain(email)
    expect(await emailOf(ann)).toBe(email)
    expect((await submit(path, { headers: { Origin: 'https://evil.test' } })).status).toBe(403)
    expect((await submit(path)).text).toContain('The change was taken back')
    expect(await emailOf(ann)).toBe(ann.email)
    expect((await visit(path)).status).toBe(410)
  })
})
