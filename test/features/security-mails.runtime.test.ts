import { env } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/d1'
import { describe, expect, test, vi } from 'vitest'
import { listMailbox } from '../../src/mail/mailbox.ts'
import { as, bearer, nobody, onBehalfOf, operator } from '../support/api.ts'
import { created, emailOfFile, newMember, newOrganization } from '../support/api-builders.ts'
import { broken } from '../support/api-faults.ts'
import { deliver, transport } from '../support/api-mail.ts'
import { newSession } from '../support/api-world.ts'
import { runCron } from '../support/cron.ts'
import { mailedTo } from '../support/sign-in.ts'

const FROM = {
  'User-Agent': 'Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0',
  'CF-Connecting-IP': '203.0.113.7',
}
const EVENTUALLY = { timeout: 90_000, interval: 100 }

/** Security mails to somebody, the newest first. */
const warnings = async (email: string) =>
  (await listMailbox(drizzle(env.ACCOUNTS), { to: email, limit: 20 })).filter(({ subject }) => !/code/i.test(subject))

const warned = (email: string, count: number) =>
  vi.waitFor(async () => {
    const mails = await warnings(email)
    expect(mails).toHaveLength(count)
    return mails
  }, EVENTUALLY)

/** Signs in from a client that holds no device yet, or this one. Answers with the device to remember. */
async function signIn(email: string, device?: string, api = as(nobody)): Promise<string> {
  const headers = { ...FROM, ...(device === undefined ? {} : { 'Muster-Device': device }) }
  await as(nobody).post('/v1/sign-in/email', { email })
  const { code } = await mailedTo(email)
  const answer = await api.post('/v1/sign-in/email/verify', { email, code }, headers)
  expect(answer.status, answer.text).toBe(201)
  return answer.headers.get('Muster-Device') ?? ''
}

describe('a sign-in on a new device', () => {
  test('is mailed with the device and the shortened network', async () => {
    const email = emailOfFile('device-ann')
    await signIn(email, await signIn(email))
    await signIn(email)
    const [mail] = await warned(email, 1)
    expect(mail?.subject).toBe('New sign-in to your account at muster.test')
    for (const said of ['Firefox on Windows', '203.0.113.0/24']) expect(mail?.text).toContain(said)
    expect(mail?.text).not.toContain('203.0.113.7')
  })

  test('is mailed for every device of before, once the person was signed out everywhere', async () => {
    const email = emailOfFile('device-intruder')
    const intruder = await signIn(email)
    const [{ id = '' } = {}] = (await as(operator).get(`/v1/users?email=${email}`)).body.data
    await as(onBehalfOf(id)).delete('/v1/users/me/sessions')
    await signIn(email, intruder)
    await warned(email, 1)
    await signIn(email, intruder)
    expect(await warnings(email)).toHaveLength(1)
  })

  test('is mailed by cron when the queue was out of reach', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const email = emailOfFile('device-late')
    const down = { sendBatch: () => Promise.reject(new Error('Queue is out of reach')) }
    await signIn(email)
    await signIn(email, undefined, as(nobody, broken({ MAIL_QUEUE: down })))
    expect(await warnings(email)).toEqual([])
    await runCron(Date.now() + 120_000)
    await warned(email, 1)
  })
})

describe('an organization mails', () => {
  test('the maker of an API key, with where it was made', async () => {
    const team = await newOrganization({ name: 'Keys Ltd' })
    const { token } = await newSession(team.owner)
    const body = { name: 'Nightly sync', permissions: ['members:read'] }
    created(await as(bearer(token)).post(`${team.path}/api-keys`, body, FROM))
    const [mail] = await warned(team.owner.email, 1)
    expect(mail?.subject).toBe('New API key in Keys Ltd')
    for (const said of ['Nightly sync', 'Firefox on Windows', '203.0.113.0/24']) expect(mail?.text).toContain(said)
  })

  test('somebody who was suspended and then removed', async () => {
    const team = await newOrganization({ name: 'Gone Ltd' })
    const member = await newMember(team)
    await team.owner.api.post(`${team.path}/members/${member.memberId}/suspend`, undefined, FROM)
    await team.owner.api.delete(`${team.path}/members/${member.memberId}`, FROM)
    const mails = await warned(member.email, 2)
    expect(mails.map(({ subject }) => subject).sort()).toEqual([
      'You were removed from Gone Ltd',
      'Your access to Gone Ltd was suspended',
    ])
    for (const { text } of mails) expect(text).not.toContain('203.0.113')
  })
})

test('the operator can switch security mails off', async () => {
  await as(operator).patch('/v1/settings', { security_mails: false })
  const outbox = transport()
  const at = Date.now()
  await deliver(
    [
      {
        ...{ version: 1, id: 'ses_x.new_device', kind: 'new_device', email: 'a@x.test', at },
        origin: { device: null, network: null },
      },
      {
        ...{ version: 1, id: 'org_x.1.0', kind: 'notice', organizationId: 'org_x', organizationName: 'Acme' },
        ...{ email: 'a@x.test', name: null, subject: { about: 'removed', at } },
      },
    ],
    { transport: outbox },
  )
  await as(operator).patch('/v1/settings', { security_mails: true })
  expect(outbox.sent).toEqual([])
})
