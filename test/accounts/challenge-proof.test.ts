import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  codeOf,
  isCodeOf,
  signChallengeLink,
  signInUrl,
  verifyChallengeLink,
} from '../../src/accounts/challenge-proof.ts'
import type { EmailChallenge } from '../../src/accounts/email-challenges.ts'
import type { LinkKey } from '../../src/accounts/signed-token.ts'

const NEW: LinkKey = { id: 'k2', secret: 'n'.repeat(32) }
const OLD: LinkKey = { id: 'k1', secret: 'o'.repeat(32) }

type Challenge = Pick<EmailChallenge, 'purpose' | 'id' | 'email'>
const CHALLENGE: Challenge = { purpose: 'sign_in', id: 'chl_01h455vb4pex5vsknk084sn02q', email: 'ann@x.test' }

const challenge = (index: number): Challenge => ({ ...CHALLENGE, id: `chl_${String(index).padStart(26, '0')}` })

test('a code is six digits, the same whenever it is asked for', () => {
  for (let index = 0; index < 1_000; index += 1) {
    const code = codeOf(challenge(index), [NEW])
    expect(code).toMatch(/^\d{6}$/)
    expect(codeOf(challenge(index), [NEW])).toBe(code)
  }
})

test('every digit is as likely as any other, in every place', () => {
  const codes = Array.from({ length: 20_000 }, (_, index) => codeOf(challenge(index), [NEW]))
  for (let place = 0; place < 6; place += 1) {
    const counts = Array.from({ length: 10 }, (_, digit) => codes.filter((code) => code[place] === `${digit}`).length)
    const chiSquare = counts.reduce((sum, count) => sum + (count - 2_000) ** 2 / 2_000, 0)
    // 9 degrees of freedom: one in a thousand exceeds this, and these codes are always the same.
    expect(chiSquare).toBeLessThan(27.88)
  }
})

test.each<[string, Partial<Challenge>]>([
  ['another challenge', { id: 'chl_01h455vb4pex5vsknk084sn02r' }],
  ['another address', { email: 'bob@x.test' }],
  ['another purpose', { purpose: 'email_change' }],
])('the code of %s is another', (_, difference) => {
  expect(codeOf({ ...CHALLENGE, ...difference }, [NEW])).not.toBe(codeOf(CHALLENGE, [NEW]))
})

test('a code that was mailed under an older key is still right, until the key is gone', () => {
  const code = codeOf(CHALLENGE, [OLD])
  expect(isCodeOf(CHALLENGE, code, [NEW, OLD])).toBe(true)
  expect(isCodeOf(CHALLENGE, code, [NEW])).toBe(false)
})

test.each(['', '12345', '1234567', '12345a', '-12345', ' 12345', '１２３４５６', '1e5000'])('%o is no code', (code) => {
  expect(isCodeOf(CHALLENGE, code, [NEW, OLD])).toBe(false)
})

test('a link names the challenge that it was signed for', () => {
  const token = signChallengeLink(CHALLENGE, [NEW, OLD])
  expect(verifyChallengeLink('sign_in', token, [OLD, NEW])).toBe(CHALLENGE.id)
  expect(signInUrl('https://x.test', CHALLENGE, [NEW])).toBe(`https://x.test/sign-in/link/${token}`)
})

test('a link counts for its own purpose only', () => {
  expect(verifyChallengeLink('email_change', signChallengeLink(CHALLENGE, [NEW]), [NEW])).toBeNull()
})

test('a link ends with its key', () => {
  expect(verifyChallengeLink('sign_in', signChallengeLink(CHALLENGE, [OLD]), [NEW])).toBeNull()
})

test('a link of one key is not taken for that of another', () => {
  const token = signChallengeLink(CHALLENGE, [NEW])
  expect(verifyChallengeLink('sign_in', token.replace('k2', 'k1'), [NEW, OLD])).toBeNull()
})

test('a link is no longer one when any character of it is another', () => {
  const token = signChallengeLink(CHALLENGE, [NEW])
  const characters = fc.constantFrom(...'0123456789abcdefghjkmnpqrstvwxyzABCXYZ_-. \n')
  fc.assert(
    fc.property(fc.nat(token.length - 1), characters, (at, character) => {
      fc.pre(token[at] !== character)
      const bent = token.slice(0, at) + character + token.slice(at + 1)
      expect(verifyChallengeLink('sign_in', bent, [NEW, OLD])).toBeNull()
    }),
    { numRuns: 2_000 },
  )
})

test('a link is no longer one when anything is cut off or added', () => {
  const token = signChallengeLink(CHALLENGE, [NEW])
  for (const other of ['', token.slice(1), token.slice(0, -1), `${token}A`, ` ${token}`, `${token}\n`, `${token}.`]) {
    expect(verifyChallengeLink('sign_in', other, [NEW])).toBeNull()
  }
})
