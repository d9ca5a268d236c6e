import { beforeAll, describe, expect, test, vi } from 'vitest'
import { inAccounts } from '../features/storage.ts'
import { as, operator } from '../support/api.ts'
import { newUser, type Person } from '../support/api-builders.ts'
import { cookieOf } from '../support/portal-people.ts'
import { mailedTo, wrongCodes } from '../support/sign-in.ts'
import { submit, visit } from './site.ts'

/* Another address for one's account, from the form to the code that proves it. */

type Headers = Readonly<Record<string, string>>

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

let moved = 0
const newAddress = () => `moving-${++moved}@x.test`

/** Each from a network of their own: wrong codes are counted by it. */
async function given(): Promise<{ person: Person; headers: Headers; email: string }> {
  const person = await newUser()
  const email = newAddress()
  return { person, email, headers: { ...(await cookieOf(person)), 'CF-Connecting-IP': `203.0.113.${moved}` } }
}

const ask = (headers: Headers, email: string) => submit('/account/email', { headers, body: { email } })
const give = (headers: Headers, code: string) => submit('/account/email/code', { headers, body: { code } })
const locationOf = ({ headers }: { headers: globalThis.Headers }) => headers.get('Location')
const addressOf = async ({ id }: Person) => (await as(operator).get(`/v1/users/${id}`)).body.email

describe('a new address', () => {
  test('is asked for in the account, and counts with the code that was mailed there', async () => {
    const { person, headers, email } = await given()
    expect((await visit('/account', { headers })).html).toContain('href="/account/email"')
    expect((await visit('/account/email', { headers })).text).toContain(person.email)
    const asked = await ask(headers, email.toUpperCase())
    expect([asked.status, locationOf(asked)]).toEqual([303, '/account/email/code'])
    expect((await visit('/account/email/code', { headers })).text).toContain(email)
    expect(await addressOf(person)).toBe(person.email)

    const { code } = await mailedTo(email, 'email_change')
    const proven = await give(headers, `${code.slice(0, 3)} ${code.slice(3)}`)
    expect([proven.status, locationOf(proven)]).toEqual([303, '/account'])
    expect(await addressOf(person)).toBe(email)
    expect(locationOf(await visit('/account/email/code', { headers }))).toBe('/account/email')
  })

  test.each([
    ['none', 'hello', 'Enter an address'],
    ['markup', '"><script>alert(1)</script>@x', 'Enter an address'],
  ])('that is %s comes back as it was typed', async (_, typed, reason) => {
    const { headers } = await given()
    const page = await ask(headers, typed)
    expect([page.status, page.html.includes('<script>alert')]).toEqual([422, false])
    expect(page.text).toContain(reason)
    expect(page.html).toMatch(/id="email-error"/)
  })

  test('that one has already is no new one', async () => {
    const { person, headers } = await given()
    const page = await ask(headers, person.email)
    expect([page.status, page.text.includes('This is your address already')]).toEqual([422, true])
  })

  test('of somebody else is refused once it is proven, and not before', async () => {
    const { person, headers } = await given()
    const other = await newUser()
    expect((await ask(headers, other.email)).status).toBe(303)
    const { code } = await mailedTo(other.email, 'email_change')
    const page = await give(headers, code)
    expect([page.status, page.text.includes('Another account has this address')]).toEqual([409, true])
    expect(page.html).toContain(`value="${other.email}"`)
    expect(await addressOf(person)).toBe(person.email)
  })

  test('takes the right code, within five tries', async () => {
    const { person, headers, email } = await given()
    await ask(headers, email)
    const { code } = await mailedTo(email, 'email_change')
    expect((await give(headers, '12')).text).toContain('A code has six digits.')
    const said: string[] = []
    for (const wrong of wrongCodes(code, 5)) {
      const page = await give(headers, wrong)
      expect(page.status).toBe(422)
      said.push(page.text)
    }
    expect(said[0]).toContain('4 tries are left')
    expect(said[3]).toContain('One try is left')
    const late = await give(headers, code)
    expect([late.status, late.text.includes('Open the link in the mail instead')]).toEqual([429, true])
    expect(Number(late.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect(await addressOf(person)).toBe(person.email)

    const again = await submit('/account/email/resend', { headers })
    expect(locationOf(again)).toBe('/account/email/code')
    expect((await give(headers, (await mailedTo(email, 'email_change')).code)).status).toBe(303)
  })

  test('is mailed to no more often than somebody needs it', async () => {
    const { headers, email } = await given()
    for (let mails = 0; mails < 5; mails += 1) expect((await ask(headers, email)).status).toBe(303)
    const newest = await mailedTo(email, 'email_change')
    expect(locationOf(await ask(headers, email))).toBe('/account/email/code')
    expect(await mailedTo(email, 'email_change')).toEqual(newest)

    const other = await given()
    const page = await ask(other.headers, email)
    expect([page.status, page.html.includes(`value="${email}"`)]).toEqual([429, true])
    expect(page.text).toContain('Several codes were sent to this email already')
  })

  test('that nobody has asked for has no code', async () => {
    const { headers } = await given()
    expect(locationOf(await visit('/account/email/code', { headers }))).toBe('/account/email')
    expect(locationOf(await submit('/account/email/resend', { headers }))).toBe('/account/email')
    expect((await give(headers, '123456')).status).toBe(410)
  })

  test('has no code any more once its time is over', async () => {
    const { person, headers, email } = await given()
    await ask(headers, email)
    const { code, challengeId } = await mailedTo(email, 'email_change')
    await inAccounts('update email_challenges set expires_at = 1 where id = ?', challengeId)
    expect(locationOf(await visit('/account/email/code', { headers }))).toBe('/account/email')
    const late = await give(headers, code)
    expect([late.status, late.text.includes('This code has expired')]).toEqual([410, true])
    expect(await addressOf(person)).toBe(person.email)
  })

  test('is proven by nobody but whoever asked for it', async () => {
    const { headers, email } = await given()
    await ask(headers, email)
    const { code } = await mailedTo(email, 'email_change')
    const stranger = await given()
    expect((await give(stranger.headers, code)).status).toBe(410)
    expect(await addressOf(stranger.person)).toBe(stranger.person.email)
  })
})

test.each(['/account/email', '/account/email/code', '/account/email/resend'])(
  'a form of another site, or of nobody, changes nothing at %s',
  async (path) => {
    const { headers } = await given()
    const evil = { ...headers, Origin: 'https://evil.test' }
    expect((await submit(path, { headers: evil, body: { email: newAddress() } })).status).toBe(403)
    expect(locationOf(await submit(path, { body: { email: newAddress() } }))).toBe('/sign-in')
    expect(locationOf(await visit(path))).toContain('/sign-in?next=')
  },
)
