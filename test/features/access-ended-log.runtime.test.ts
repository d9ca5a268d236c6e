import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { signTakeBackLink } from '../../src/accounts/address-changes.ts'
import { configOf } from '../../src/env.ts'
import { submit, visit } from '../portal/site.ts'
import { as, bearer, expectProblem, nobody, OPERATOR_KEY, onBehalfOf, operator } from '../support/api.ts'
import { newInvitation, newOrganization, newUser, type Person } from '../support/api-builders.ts'
import { newIdentity, newOperatorKey, newSession } from '../support/api-world.ts'
import { cookieOf } from '../support/portal-people.ts'
import { mailedTo } from '../support/sign-in.ts'
import { inAccounts } from './storage.ts'

/* What the authentication log says of access that ended, of refusals, and of the operator. */

const api = as(operator)
const { LINK_KEYS } = configOf(env)
let networks = 0
let network: string
let from: Record<string, string>

beforeEach(() => {
  networks += 1
  network = `100.64.${networks}.0/24`
  from = { 'CF-Connecting-IP': `100.64.${networks}.9` }
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

type Entry = Readonly<Record<string, unknown>>

/** Entries of one person, in the order in which they were noted. */
async function logged(userId: string, entries: readonly Entry[]): Promise<void> {
  await vi.waitFor(async () => {
    const { data } = (await api.get(`/v1/events/authentication?user=${userId}&type=session_ended,identity_unlinked`))
      .body
    expect(data.map(({ type, reason = null }: Entry) => `${type} ${reason}`).sort()).toEqual(
      entries.map(({ type, reason }) => `${type} ${reason}`).sort(),
    )
  })
}

const ended = (reason: string) => ({ type: 'session_ended', reason })
const unlinked = (reason: string | null) => ({ type: 'identity_unlinked', reason })

async function personWith(count: { identities: number; sessions: number }): Promise<Person> {
  const person = await newUser()
  for (let index = 0; index < count.identities; index += 1) await newIdentity(person)
  for (let index = 0; index < count.sessions; index += 1) await newSession(person)
  return person
}

const signedIn = async (person: Person) => as(bearer((await newSession(person)).token))

describe('the log says that an identity was unlinked', () => {
  test('by the person, in the API and in the portal', async () => {
    const person = await newUser()
    const [one, other] = [await newIdentity(person), await newIdentity(person)]
    expect((await (await signedIn(person)).delete(`/v1/users/me/identities/${one}`)).status).toBe(204)
    await submit(`/account/identities/${other}/unlink`, { headers: await cookieOf(person) })
    await logged(person.id, [unlinked(null), unlinked(null)])
  })

  test('by the operator, alone or on behalf of the person', async () => {
    const person = await newUser()
    const [one, other] = [await newIdentity(person), await newIdentity(person)]
    expect((await api.delete(`/v1/users/${person.id}/identities/${one}`)).status).toBe(204)
    expect((await as(onBehalfOf(person.id)).delete(`/v1/users/me/identities/${other}`)).status).toBe(204)
    await logged(person.id, [unlinked('revoked_by_operator'), unlinked('revoked_by_operator')])
  })

  test('once for each by "sign out everywhere", and nothing if nothing ended', async () => {
    const person = await personWith({ identities: 2, sessions: 2 })
    const client = await signedIn(person)
    expect((await client.delete('/v1/users/me/sessions')).status).toBe(204)
    expect((await client.delete('/v1/users/me/sessions')).status).toBe(204)
    await logged(person.id, [ended('all_revoked'), unlinked('all_revoked'), unlinked('all_revoked')])
  })

  test('by a change of email that the operator made', async () => {
    const person = await personWith({ identities: 1, sessions: 1 })
    expect((await api.patch(`/v1/users/${person.id}`, { email: `new-${person.email}` })).status).toBe(200)
    await logged(person.id, [ended('email_changed'), unlinked('email_changed')])
  })
})

test.each([
  ['API', (token: string) => as(nobody).post(`/v1/email-changes/${token}/take-back`)],
  ['portal', (token: string) => submit(`/email-changes/${token}`)],
])('a change of email that is taken back in the %s notes what it ended', async (_, takeBack) => {
  const person = await personWith({ identities: 1, sessions: 0 })
  const client = await signedIn(person)
  const email = `moved-${person.email}`
  expect((await client.post('/v1/users/me/email', { email }, from)).status).toBe(202)
  const { code } = await mailedTo(email, 'email_change')
  expect((await client.post('/v1/users/me/email/verify', { code }, from)).status).toBe(200)
  const [row] = await inAccounts<{ id: string }>('select id from address_changes where user_id = ?', person.id)
  expect((await takeBack(signTakeBackLink(row?.id ?? '', LINK_KEYS))).status).toBe(200)
  await logged(person.id, [ended('email_change_taken_back'), unlinked('email_change_taken_back')])
})

const refused = (counts: Readonly<Record<string, number>>) =>
  vi.waitFor(async () => {
    const { data } = (await api.get(`/v1/events/authentication/refusals?network=${network}`)).body
    const found = data.map(({ reason, count }: { reason: string; count: number }) => [reason, count])
    expect(Object.fromEntries(found)).toEqual(counts)
  }, 6_000)

describe('refusals are counted', () => {
  test('for invitation links that lead nowhere, in the API and in the portal', async () => {
    const good = (await newInvitation(await newOrganization())).token
    const bad = `${good.slice(0, -4)}AAAA`
    expect((await as(nobody).get(`/v1/invitations/${good}`, from)).status).toBe(200)
    expectProblem(await as(nobody).get(`/v1/invitations/${bad}`, from), 404, 'not_found')
    for (const answer of ['accept', 'decline']) {
      expectProblem(await as(nobody).post(`/v1/invitations/${bad}/${answer}`, undefined, from), 404, 'not_found')
    }
    expect((await visit(`/invitations/${good}`, { headers: from })).status).toBe(200)
    expect((await visit(`/invitations/${bad}`, { headers: from })).status).toBe(404)
    await submit(`/invitations/${bad}/decline`, { headers: from })
    await refused({ invalid_invitation_link: 5 })
  })

  test('for wrong operator keys apart from other unknown credentials, also when they are refused from memory', async () => {
    const wrongKey = `mok_${'C'.repeat(39)}${String(networks).padStart(4, '0')}`
    for (const token of [wrongKey, wrongKey, `${OPERATOR_KEY}x`, 'mst_short', `mst_${'D'.repeat(43)}`]) {
      expectProblem(await as(bearer(token)).get('/v1/settings', from), 401, 'unauthenticated')
    }
    await refused({ wrong_operator_key: 3, unknown_credential: 2 })
  })

  test('for a network that tries too many operator keys, in the API and in the portal', async () => {
    const tries = (count: number) => Array.from({ length: count }, (_, index) => `${OPERATOR_KEY}-${networks}-${index}`)
    for (const key of tries(31)) await as(bearer(key)).get('/v1/settings', from)
    for (const key of tries(11)) await submit('/operator/sign-in', { headers: from, body: { key } })
    await refused({ wrong_operator_key: 40, rate_limited: 2 })
  })
})

describe('the operator in a browser', () => {
  const signIn = async (key: string) => {
    const answer = await submit('/operator/sign-in', { headers: from, body: { key } })
    return { Cookie: (answer.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '' }
  }
  const noted = (entries: readonly Entry[]) =>
    vi.waitFor(async () => {
      const { data } = (await api.get('/v1/events/authentication?limit=100')).body
      const own = data.filter((entry: Entry) => entry.user_id === null && entry.network === network)
      expect(own).toMatchObject(entries)
      expect(own).toHaveLength(entries.length)
    })

  test('is noted with the key, on the way in and on the way out', async () => {
    const { id, secret } = await newOperatorKey()
    await submit('/operator/sign-out', { headers: { ...from, ...(await signIn(secret)) } })
    await noted([
      { type: 'signed_out', operator_key_id: id },
      { type: 'signed_in', operator_key_id: id, method: 'operator_key' },
    ])
    await submit('/operator/sign-out', { headers: { ...from, ...(await signIn(OPERATOR_KEY)) } })
    await submit('/operator/sign-out', { headers: from })
    await noted([{ type: 'signed_out', operator_key_id: null }, { operator_key_id: null }, {}, {}])
  })

  test('is noted as signed out when the key is revoked', async () => {
    const [used, unused] = [await newOperatorKey(), await newOperatorKey()]
    await signIn(used.secret)
    for (const { id } of [used, unused]) {
      expect((await api.delete(`/v1/operator-keys/${id}`, from)).status).toBe(204)
    }
    await noted([
      { type: 'session_ended', operator_key_id: used.id, reason: 'key_revoked' },
      { type: 'signed_in', operator_key_id: used.id },
    ])
  })
})
