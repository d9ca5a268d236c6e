import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { as, operator } from '../support/api.ts'
import { newInvitation, newOrganization } from '../support/api-builders.ts'
import { pageOf, submit, visit } from './site.ts'

const api = as(operator)
afterEach(() => vi.restoreAllMocks())

const directoryDown = {
  ACCOUNTS: {
    prepare() {
      throw new Error('D1_ERROR: Network connection lost.')
    },
  },
}

describe('while the directory is out of reach', () => {
  test('accepting asks to try again, and works once it is back', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const invited = await newInvitation(await newOrganization())
    const page = await submit(`${pageOf(invited)}/accept`, { bindings: directoryDown })
    expect([page.status, page.headers.get('Retry-After')]).toEqual([503, '5'])
    expect(page.heading).toBe('This is not available right now')
    expect(page.html).toContain(`href="${pageOf(invited)}"`)
    expect(page.html).not.toContain('D1')
    expect((await api.get(invited.path)).body.status).toBe('pending')
    expect((await submit(`${pageOf(invited)}/accept`)).status).toBe(303)
  })

  test('an invitation can be seen and declined all the same', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const invited = await newInvitation(await newOrganization())
    expect((await visit(pageOf(invited), { bindings: directoryDown })).status).toBe(200)
    expect((await submit(`${pageOf(invited)}/decline`, { bindings: directoryDown })).status).toBe(303)
  })

  test('the mailbox asks to try again', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const page = await visit('/dev/mailbox', { bindings: directoryDown })
    expect([page.status, page.headers.get('Retry-After')]).toEqual([503, '5'])
  })
})

test('an unexpected error is recorded, and tells nothing but the id of the request', async () => {
  const recorded = vi.spyOn(console, 'error').mockImplementation(() => {})
  const invited = await newInvitation(await newOrganization())
  const broken = {
    getByName() {
      throw new Error('secret of the machine room')
    },
  }
  const headers = { 'X-Request-Id': 'find-me-again' }
  const page = await submit(`${pageOf(invited)}/accept`, { headers, bindings: { ORGANIZATION: broken } })
  expect([page.status, page.heading]).toEqual([500, 'Something went wrong on our side'])
  expect(page.text).toContain('find-me-again')
  expect(page.headers.get('X-Request-Id')).toBe('find-me-again')
  expect(page.html).not.toMatch(/secret|machine|Error:|\.tsx?/)
  expect(recorded).toHaveBeenCalledWith(
    expect.objectContaining({ request: 'find-me-again', error: expect.stringContaining('secret of the machine room') }),
  )
  expect(JSON.stringify(recorded.mock.calls)).not.toContain(invited.token)
})

test('what is recorded of an error names nobody', async () => {
  const recorded = vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  const invited = await newInvitation(await newOrganization())
  const page = await submit(`${pageOf(invited)}/accept`, { bindings: { ACCOUNTS: { prepare: () => ({}) } } })
  expect(page.status).toBe(500)
  expect(recorded).toHaveBeenCalledOnce()
  expect(JSON.stringify(recorded.mock.calls)).toMatch(/ at \w/)
  expect(JSON.stringify(recorded.mock.calls)).not.toContain(invited.email)
})

describe('what is not of the portal', () => {
  test.each(['/nothing', '/invitations', '/invitations/a/b', '/dev', '/dev/nothing', '/assets/nothing.css'])(
    '%s is left to the API to miss',
    async (path) => {
      const answer = await visit(path)
      expect([answer.status, answer.headers.get('Content-Type')]).toEqual([404, 'application/problem+json'])
    },
  )

  test('errors of the API stay problems', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const headers = { ...operator, 'Content-Type': 'application/json' }
    const bindings = { ACCOUNTS: { ...env.ACCOUNTS, prepare: () => undefined } }
    const answer = await visit('/v1/users', { headers, bindings })
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([500, 'application/problem+json'])
  })
})

describe('a method that an address does not take', () => {
  test.each([
    ['POST', '/', 'GET, HEAD'],
    ['DELETE', '/', 'GET, HEAD'],
    ['POST', '/invitations/token', 'GET, HEAD'],
    ['PUT', '/invitations/token', 'GET, HEAD'],
    ['GET', '/invitations/token/accept', 'POST'],
    ['HEAD', '/invitations/token/accept', 'POST'],
    ['GET', '/invitations/token/decline', 'POST'],
    ['POST', '/dev/mailbox', 'GET, HEAD'],
    ['DELETE', '/dev/mailbox.json', 'GET, HEAD'],
  ])('%s %s is answered with those that it takes', async (method, path, allow) => {
    const page = await visit(path, { method })
    expect([page.status, page.headers.get('Allow')]).toEqual([405, allow])
  })

  test('shows the way back to the invitation', async () => {
    const invited = await newInvitation(await newOrganization())
    expect((await visit(`${pageOf(invited)}/accept`)).html).toContain(`href="${pageOf(invited)}"`)
    expect((await api.get(invited.path)).body.status).toBe('pending')
  })
})

describe('a form that cannot be read', () => {
  const bytes = (text: string): ArrayBuffer => Uint8Array.from(text, (character) => character.charCodeAt(0)).buffer

  const WRONG = [
    ['multipart/form-data', 'email=ann@acme.test', 400],
    ['multipart/form-data; boundary=x', 'email=ann@acme.test', 400],
    ['multipart/form-data; boundary=x', '--y\r\n\r\n--y--', 400],
    ['application/x-www-form-urlencoded; charset=utf-16', 'email=ann@acme.test', 415],
    ['multipart/form-data; charset="iso-8859-1"; boundary=x', '--x--', 415],
    ['application/json', '{"email":"ann@acme.test"}', 415],
    ['nonsense', 'email=ann@acme.test', 415],
  ] as const

  test.each(WRONG)('of type %s with the body %o is refused, signed out too', async (type, text, status) => {
    const raw = bytes(text)
    for (const path of ['/sign-in', '/operator/sign-in']) {
      const page = await submit(path, { raw, headers: { 'Content-Type': type } })
      expect([page.status, page.heading]).toEqual([status, 'This form could not be read'])
    }
  })

  test('in UTF-8 is read, said or not', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'application/x-www-form-urlencoded;charset=UTF-8']) {
      const raw = bytes('email=nobody')
      expect((await submit('/sign-in', { raw, headers: { 'Content-Type': type } })).status).toBe(422)
    }
  })
})
