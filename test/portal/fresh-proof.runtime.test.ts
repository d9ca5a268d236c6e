import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { inAccounts } from '../features/storage.ts'
import { as, operator } from '../support/api.ts'
import { newMember, newOrganization, newUser, type Person } from '../support/api-builders.ts'
import { cookieOf, operatorCookie } from '../support/portal-people.ts'
import { mailedTo, wrongCodes } from '../support/sign-in.ts'
import { type Page, submit } from './site.ts'

/* A form that needs fresh proof asks for a code in between, and carries on with what was typed. */

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

type Headers = Readonly<Record<string, string>>

let networks = 0
let from: Headers
beforeEach(() => {
  networks += 1
  from = { 'CF-Connecting-IP': `198.51.100.${networks}` }
})

/** Signed in longer ago than a proof counts. */
async function staleCookie(person: Pick<Person, 'id'>): Promise<Headers> {
  const cookie = await cookieOf(person)
  await inAccounts('update sessions set authenticated_at = 1 where user_id = ?', person.id)
  return { ...cookie, ...from }
}

const unescaped = (text: string): string =>
  text
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')

/** The hidden fields of the page that asks for the code. */
function carried({ html }: Page): Record<string, string> {
  const inputs = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)
  return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, unescaped(value)]))
}

const send = (headers: Headers, body: Record<string, string>) => submit('/reauthenticate', { headers, body })
const locationOf = ({ headers }: Page) => headers.get('Location')

describe('an API key made with a session that was proven long ago', () => {
  const fields = { name: '"Nightly" <sync> & more', permissions: 'members:read', expires_on: '' }

  test('is made once the code is typed, with what was entered', async () => {
    const team = await newOrganization()
    const headers = await staleCookie(team.owner)
    const target = `/o/${team.slug}/api-keys`
    const asked = await submit(target, { headers, body: fields })
    expect([asked.status, asked.title]).toEqual([403, expect.stringContaining('Confirm that it is you')])
    expect(asked.text).toContain(team.owner.email)
    expect(carried(asked)).toEqual({ proof_to: target, ...fields })
    const keys = async () => (await team.owner.api.get(`${team.path}/api-keys`)).body.data.length
    expect(await keys()).toBe(0)

    const { code } = await mailedTo(team.owner.email, 'reauthentication')
    const proven = await send(headers, { ...carried(asked), proof_code: code })
    expect([proven.status, locationOf(proven)]).toEqual([307, target])
    const done = await submit(target, { headers, body: { ...carried(asked), proof_code: code } })
    expect(done.text).toContain(fields.name)
    expect(await keys()).toBe(1)
  })
})

describe('the page that asks for the code', () => {
  async function asked() {
    const person = await newUser()
    const headers = await staleCookie(person)
    const page = await submit('/account/email', { headers, body: { email: `moved-${networks}@x.test` } })
    const { code } = await mailedTo(person.email, 'reauthentication')
    return { person, headers, page, code }
  }

  test('keeps what was typed through a wrong code, and through one that is no code', async () => {
    const { headers, page, code } = await asked()
    for (const [given, status] of [[wrongCodes(code, 1)[0] ?? '', 401] as const, ['hello', 422] as const]) {
      const again = await send(headers, { ...carried(page), proof_code: given })
      expect([again.status, carried(again)]).toEqual([status, carried(page)])
    }
    expect((await send(headers, { ...carried(page), proof_code: code })).status).toBe(307)
  })

  test('says when the code is over, and sends another one', async () => {
    const { person, headers, page, code } = await asked()
    await inAccounts('update email_challenges set expires_at = 1 where email = ?', person.email)
    const over = await send(headers, { ...carried(page), proof_code: code })
    expect([over.status, over.text]).toEqual([410, expect.stringContaining('This code has expired')])
    const resent = await submit('/reauthenticate/resend', { headers, body: carried(page) })
    expect(carried(resent)).toEqual(carried(page))
    const fresh = await mailedTo(person.email, 'reauthentication')
    expect((await send(headers, { ...carried(page), proof_code: fresh.code })).status).toBe(307)
  })

  test('mails no second code when the form is sent twice', async () => {
    const { person, headers } = await asked()
    const first = await mailedTo(person.email, 'reauthentication')
    await submit('/account/email', { headers, body: { email: 'other@x.test' } })
    expect(await mailedTo(person.email, 'reauthentication')).toEqual(first)
  })

  test.each(['https://evil.test/', '//evil.test', '/reauthenticate', '/reauthenticate/resend', ''])(
    'leads nowhere else: %s',
    async (target) => {
      const { headers, code } = await asked()
      const answer = await send(headers, { proof_to: target, proof_code: code })
      expect([answer.status, locationOf(answer)]).toEqual([303, '/account'])
    },
  )

  test('is taken from this site alone, and from who is signed in', async () => {
    const { headers, page, code } = await asked()
    const body = { ...carried(page), proof_code: code }
    const foreign = await submit('/reauthenticate', { headers: { ...headers, Origin: 'https://evil.test' }, body })
    expect(foreign.status).toBe(403)
    expect(locationOf(await submit('/reauthenticate', { headers: from, body }))).toContain('/sign-in')
  })
})

test('deleting the account and the organization asks, giving owner asks, everyday work does not', async () => {
  const team = await newOrganization()
  const bob = await newMember(team)
  const headers = await staleCookie(team.owner)
  const settings = `/o/${team.slug}/settings`
  const { name } = (await team.owner.api.get(team.path)).body
  const account = { headers: await staleCookie(bob), body: { email: bob.email } }
  expect((await submit('/account/delete', account)).status).toBe(403)
  const asking: readonly (readonly [string, Record<string, string>])[] = [
    [`${settings}/delete`, { name }],
    [`/o/${team.slug}/members/${bob.memberId}/role`, { role: 'owner' }],
  ]
  for (const [path, body] of asking) expect([path, (await submit(path, { headers, body })).status]).toEqual([path, 403])
  const plain = await submit(`/o/${team.slug}/members/${bob.memberId}/role`, { headers, body: { role: 'admin' } })
  expect(plain.status).toBe(303)
})

test('the last owner learns of it before a code is asked for', async () => {
  const { owner } = await newOrganization()
  const page = await submit('/account/delete', { headers: await staleCookie(owner), body: { email: owner.email } })
  expect([page.status, page.title]).toEqual([409, expect.stringContaining('Delete my account')])
})

test('a file with owners is previewed once the code is typed, without choosing it again', async () => {
  const team = await newOrganization()
  const headers = await staleCookie(team.owner)
  const target = `/o/${team.slug}/members/invite/file`
  const form = new FormData()
  form.set('role', 'admin')
  form.set('file', new File(['email,role,name\na@x.test,owner,"Lee, ""Ann"""\nb@x.test,,\n'], 'team.csv'))
  const request = new Request('https://x.test/', { method: 'POST', body: form })
  const type = { 'Content-Type': request.headers.get('Content-Type') ?? '' }
  const asked = await submit(target, { headers: { ...headers, ...type }, raw: await request.arrayBuffer() })
  expect([asked.status, asked.title]).toEqual([403, expect.stringContaining('Confirm that it is you')])

  const { code } = await mailedTo(team.owner.email, 'reauthentication')
  const body = { ...carried(asked), proof_code: code }
  expect(locationOf(await send(headers, body))).toBe(target)
  const shown = await submit(target, { headers, body })
  expect([shown.status, shown.heading]).toEqual([200, 'Check and send'])
  expect(shown.text).toContain('a@x.testLee, "Ann"OwnerWill be invited')
  expect(shown.text).toContain('b@x.testAdminWill be invited')
})

test('the operator is not asked', async () => {
  const team = await newOrganization()
  const { name } = (await as(operator).get(team.path)).body
  const path = `/operator/organizations/${team.id}/delete`
  const deleted = await submit(path, { headers: { ...(await operatorCookie()), ...from }, body: { name } })
  expect(deleted.status).toBe(303)
})
