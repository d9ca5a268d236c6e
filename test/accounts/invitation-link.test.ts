import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type InvitationLink,
  invitationUrl,
  signInvitationLink,
  verifyInvitationLink,
} from '../../src/accounts/invitation-link.ts'
import type { LinkKey } from '../../src/accounts/signed-token.ts'

const NEW: LinkKey = { id: 'k2', secret: 'n'.repeat(32) }
const OLD: LinkKey = { id: 'k1', secret: 'o'.repeat(32) }
const LINK: InvitationLink = {
  organizationId: 'org_01h455vb4pex5vsknk084sn02q',
  invitationId: 'inv_01h455vb4pex5vsknk084sn02r',
  sendNumber: 3,
}

const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz'
const suffix = fc.string({ unit: fc.constantFrom(...BASE32), minLength: 26, maxLength: 26 })
const links = fc.record({
  organizationId: suffix.map((text) => `org_${text}`),
  invitationId: suffix.map((text) => `inv_${text}`),
  sendNumber: fc.integer({ min: 1, max: 999_999_999 }),
})

test('a link says what was signed, and nothing else', () => {
  fc.assert(
    fc.property(links, (link) => {
      expect(verifyInvitationLink(signInvitationLink(link, [NEW]), [NEW])).toEqual(link)
    }),
  )
})

test('a link is no longer one when any character of it is another', () => {
  const token = signInvitationLink(LINK, [NEW])
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(...`${BASE32}ABCXYZ_-.`), (at, character) => {
      fc.pre(token[at] !== character)
      expect(verifyInvitationLink(token.slice(0, at) + character + token.slice(at + 1), [NEW])).toBeNull()
    }),
    { numRuns: 2000 },
  )
})

test('a link has one spelling: no other last character stands for the same signature', () => {
  const token = signInvitationLink(LINK, [NEW])
  const others = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
  for (const other of others.filter((character) => character !== token.at(-1))) {
    expect(verifyInvitationLink(token.slice(0, -1) + other, [NEW])).toBeNull()
  }
})

test('a link is no longer one when anything is cut off or added', () => {
  const token = signInvitationLink(LINK, [NEW])
  for (const other of [
    token.slice(1),
    token.slice(0, -1),
    `${token}A`,
    ` ${token}`,
    `${token}\n`,
    token.toUpperCase(),
  ]) {
    expect(verifyInvitationLink(other, [NEW])).toBeNull()
  }
})

test('arbitrary text is no link', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(verifyInvitationLink(text, [NEW, OLD])).toBeNull()
    }),
  )
})

describe('keys', () => {
  test('the first signs, all verify: a key is rotated out without killing its links', () => {
    const old = signInvitationLink(LINK, [OLD])
    expect(signInvitationLink(LINK, [NEW, OLD]).startsWith('k2.')).toBe(true)
    expect(verifyInvitationLink(old, [NEW, OLD])).toEqual(LINK)
  })

  test('one that is gone takes its links with it', () => {
    expect(verifyInvitationLink(signInvitationLink(LINK, [OLD]), [NEW])).toBeNull()
  })

  test('one under the name of another proves nothing', () => {
    const forged = signInvitationLink(LINK, [{ id: NEW.id, secret: OLD.secret }])
    expect(verifyInvitationLink(forged, [NEW, OLD])).toBeNull()
  })

  test('without any nothing is signed', () => {
    expect(() => signInvitationLink(LINK, [])).toThrow()
  })
})

test('the address of a link is below the public address', () => {
  const url = invitationUrl('https://muster.test', LINK, [NEW])
  expect(url).toBe(`https://muster.test/invitations/${signInvitationLink(LINK, [NEW])}`)
})
