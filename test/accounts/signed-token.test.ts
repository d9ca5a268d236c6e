import { expect, test } from 'vitest'
import { type LinkKey, signToken, verifyToken } from '../../src/accounts/signed-token.ts'

const NEW: LinkKey = { id: 'k2', secret: 'n'.repeat(32) }
const OLD: LinkKey = { id: 'k1', secret: 'o'.repeat(32) }
const CLAIM = /^(thing_[0-9]+)\.([0-9]+)$/

const verified = (token: string, keys: readonly LinkKey[], purpose = 'thing-link') =>
  verifyToken(purpose, CLAIM, token, keys)?.slice(1) ?? null

test('the form of a token and the text that it signs do not change, because links are in mails already', () => {
  expect(signToken('thing-link', 'thing_7.3', [OLD])).toBe('k1.thing_7.3.yErrV7vfJqe6icG5Volo4bqhen_QXaEbesCpwU0NuLw')
})

test('the first key signs, and every key verifies', () => {
  const old = signToken('thing-link', 'thing_7.3', [OLD])
  expect(signToken('thing-link', 'thing_7.3', [NEW, OLD]).startsWith('k2.')).toBe(true)
  expect(verified(old, [NEW, OLD])).toEqual(['thing_7', '3'])
  expect(verified(old, [NEW])).toBeNull()
  expect(verified(old, [{ ...OLD, secret: NEW.secret }])).toBeNull()
  expect(() => signToken('thing-link', 'thing_7.3', [])).toThrow()
})

test('a token is invalid for another purpose, and with a claim of another pattern', () => {
  expect(verified(signToken('thing-link', 'thing_7.3', [OLD]), [OLD], 'other-link')).toBeNull()
  expect(verified(signToken('thing-link', 'thing_7.x', [OLD]), [OLD])).toBeNull()
})

test('a token is invalid when one character is changed, cut off or added', () => {
  const token = signToken('thing-link', 'thing_7.3', [OLD])
  for (let at = 0; at < token.length; at += 1) {
    const other = token[at] === '8' ? '9' : '8'
    expect(verified(token.slice(0, at) + other + token.slice(at + 1), [OLD, NEW])).toBeNull()
  }
  for (const other of ['', token.slice(1), token.slice(0, -1), `${token}A`, ` ${token}`, `${token}\n`]) {
    expect(verified(other, [OLD])).toBeNull()
  }
})

test('a signature has one spelling: no other last character stands for the same bytes', () => {
  const token = signToken('thing-link', 'thing_7.3', [OLD])
  const all = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
  for (const other of all.filter((character) => character !== token.at(-1))) {
    expect(verified(token.slice(0, -1) + other, [OLD])).toBeNull()
  }
})
