import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { as, bearer, type Fetch, nobody, OPERATOR_KEY, operator } from '../support/api.ts'
import {
  created,
  followed,
  newInvitation,
  newMember,
  newOrganization,
  reseam,
  type Team,
  tokenOf,
} from '../support/api-builders.ts'
import { broken, organizationsVia, unreachableDatabases } from '../support/api-faults.ts'
import { deliver, inviteByMail, permanent, transient, transport } from '../support/api-mail.ts'
import { newApiKey } from '../support/api-world.ts'
import { type Mailed, mailedTo, wrongCodes } from '../support/sign-in.ts'

/* A whole journey over HTTP, its failures included; then everything that was kept or logged on the way is searched. */

const LINK_SECRET = '9f1c4e7ab2d80635e1fa47c9d3b826507c5e9a1f4d3b8e6027ac91f5d0e3b684'
const KINDS = ['operator key', 'link secret', 'link tokens', 'API keys', 'session tokens', 'sign-in proofs']
const METHODS = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const

const printed: string[] = []
for (const method of METHODS) {
  vi.spyOn(console, method).mockImplementation((...values: unknown[]) => {
    printed.push(values.map(spelled).join(' '))
  })
}
const spelled = (value: unknown): string =>
  value instanceof Error ? `${value.stack} ${String(value.cause)}` : JSON.stringify(value)

const secrets: Record<string, string[]> = { 'operator key': [OPERATOR_KEY], 'link secret': [LINK_SECRET] }
let team: Team

/** Six digits may well stand within a longer number. */
const holds = (text: string, secret: string): boolean =>
  /^\d+$/.test(secret) ? new RegExp(`(?<!\\d)${secret}(?!\\d)`).test(text) : text.includes(secret)

/** A link is worth keeping secret as a whole, and so is its signature alone. */
const tokens = (token: string) => [token, token.split('.').at(-1) ?? '']

beforeAll(async () => {
  const once = (key: string) => ({ 'Idempotency-Key': key })
  const api = as(operator)
  team = await newOrganization({ name: 'Journey' })
  created(await api.post('/v1/organizations', { name: 'Kept' }, once('org')))

  const body = { email: 'kept@x.test', send_email: false }
  const kept = created(await api.post(`${team.path}/invitations`, body, once('inv')))
  expect(created(await api.post(`${team.path}/invitations`, body, once('inv')))).toEqual(kept)
  const [accepted, declined, canceled] = [
    await newInvitation(team),
    await newInvitation(team),
    await newInvitation(team),
  ]
  await as(nobody).get(`/v1/invitations/${accepted.token}`)
  await as(nobody).post(`/v1/invitations/${accepted.token}/accept`)
  await as(nobody).post(`/v1/invitations/${declined.token}/decline`)
  await team.owner.api.post(`${canceled.path}/cancel`)
  await as(nobody).post(`/v1/invitations/${canceled.token}/accept`)

  const mails = transport(transient(), permanent())
  const [first, second] = [await inviteByMail(team), await inviteByMail(team)]
  for (const { message } of [first, first, second, second]) await deliver([message], { transport: mails })
  await deliver([first.message], { transport: { send: () => Promise.reject(new Error('no')) } })
  const mailed = mails.sent.flatMap(({ links }) => links.map((link) => link.split('/').at(-1) ?? ''))
  await reseam(team, { clock: () => Date.now() + 120_000 })
  const resent = await api.post(`${team.path}/invitations/${kept.id}/resend`, undefined, once('re'))

  const key = await newApiKey(team)
  const repeated = created(
    await team.owner.api.post(`${team.path}/api-keys`, { name: 'K', permissions: ['members:read'] }, once('key')),
  )
  await key.api.get(`${team.path}/members`)
  await key.api.patch(team.path, { name: 'By key' }, once('by-key'))

  await failures(accepted.token, key.secret)
  await signIns()
  await followed(team)
  secrets['link tokens'] = [kept, resent.body]
    .map(tokenOf)
    .concat(accepted.token, declined.token, canceled.token, mailed)
    .flatMap(tokens)
  secrets['API keys'] = [key.secret, repeated.secret].flatMap((secret) => [secret, secret.slice(-43)])
})

/** What is refused, what breaks, and what it breaks with. */
async function failures(token: string, secret: string): Promise<void> {
  const member = await newMember(team)
  await member.api.patch(team.path, { name: 'No' })
  await as(bearer(`${OPERATOR_KEY}x`)).get('/v1/settings')
  await as(bearer(`${secret}x`)).get(team.path)
  const withoutDirectory = broken(unreachableDatabases())
  await as(nobody, withoutDirectory).post(`/v1/invitations/${token}/accept`)
  await as(operator, withoutDirectory).post('/v1/users', { email: 'a@x.test' })
  await as(operator, withoutDirectory).post('/v1/organizations', { name: 'A' }, { 'Idempotency-Key': 'down' })
  const failing = broken({
    ORGANIZATION: organizationsVia(() => ({ read: () => Promise.reject(new Error('broken')) })),
  })
  for (const path of [team.path, `/v1/invitations/${token}`]) {
    await failing(new Request(`https://muster.test${path}`, { headers: operator }))
  }
}

/** By code and by link, wrongly and rightly, in vain and with things broken; and the sessions that come of it. */
async function signIns(): Promise<void> {
  const email = 'signing-in@x.test'
  const queued: unknown[] = []
  const listening = as(nobody, broken({ CODE_QUEUE: { send: async (message: unknown) => queued.push(message) } }))
  const verify = (proof: object, fetcher?: Fetch) => as(nobody, fetcher).post('/v1/sign-in/email/verify', proof)
  const proofs: Mailed[] = []
  const sessions: string[] = []
  for (const by of ['code', 'link']) {
    expect((await listening.post('/v1/sign-in/email', { email })).status).toBe(202)
    const { challengeId, code, token } = await mailedTo(email)
    proofs.push({ challengeId, code, token })
    const proof = by === 'code' ? { email, code } : { token }
    await verify({ email, code: wrongCodes(code, 1)[0] })
    await verify(proof, broken(unreachableDatabases()))
    await deliver(queued.splice(0), { transport: transport(transient()) })
    sessions.push(created(await verify(proof)).token)
    await verify(proof)
  }
  const [first = '', second = ''] = sessions
  await as(bearer(first)).get('/v1/users/me/sessions')
  await as(bearer(first), broken(unreachableDatabases())).delete('/v1/users/me/sessions')
  await as(bearer(second)).post('/v1/sign-out')
  await as(bearer(second)).get('/v1/session')
  secrets['session tokens'] = sessions.flatMap((token) => [token, token.slice(-43)])
  secrets['sign-in proofs'] = proofs.flatMap(({ code, token }) => [code, ...tokens(token)])
}

async function tablesOf(query: (sql: string) => Promise<object[]>): Promise<Map<string, string>> {
  const names = (await query("select name from sqlite_master where type = 'table'")) as { name: string }[]
  const dumps = new Map<string, string>()
  for (const { name } of names.filter((table) => !table.name.startsWith('_cf'))) {
    dumps.set(name, JSON.stringify(await query(`select * from "${name}"`)))
  }
  return dumps
}

const inD1 = async () => {
  const read = (database: D1Database) => tablesOf(async (sql) => (await database.prepare(sql).all()).results)
  return new Map([...(await read(env.ACCOUNTS)), ...(await read(env.DIRECTORY))])
}
const inOrganization = () =>
  runInDurableObject(env.ORGANIZATION.getByName(team.id), (_, state) =>
    tablesOf(async (sql) => state.storage.sql.exec(sql).toArray()),
  )

describe('after a whole journey', () => {
  test.each(KINDS)('no table of the directory holds %s', async (what) => {
    const tables = await inD1()
    expect([...tables.keys()]).toContain('creation_answers')
    expect(tables.get('organizations')).toContain('By key')
    for (const [name, rows] of tables) {
      if (name === 'mailbox') continue
      for (const secret of secrets[what] ?? []) expect(holds(rows, secret), `${name} holds ${what}`).toBe(false)
    }
  })

  test.each(KINDS)('no table of the organization holds %s', async (what) => {
    const tables = await inOrganization()
    expect(tables.get('idempotency')).toContain('kept@x.test')
    for (const [name, rows] of tables) {
      for (const secret of secrets[what] ?? []) expect(holds(rows, secret), `${name} holds ${what}`).toBe(false)
    }
  })

  test.each(KINDS)('no line of the log holds %s', (what) => {
    const log = printed.join('\n')
    expect(log).toContain('unexpected error')
    expect(log).toContain('refused')
    expect(secrets[what]?.length).toBeGreaterThan(0)
    for (const secret of secrets[what] ?? []) expect(holds(log, secret)).toBe(false)
  })
})
