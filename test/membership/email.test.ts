import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalizeEmail } from '../../src/membership/email.ts'
import { NONE, SAME } from '../support/email-cases.ts'

test.each(SAME)('%s: %j is kept as %j', (_, text, kept) => {
  expect(normalizeEmail(text)).toBe(kept)
})

test.each(NONE)('%s is no address: %j', (_, text) => {
  expect(normalizeEmail(text)).toBeNull()
})

describe('whatever the text', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.emailAddress(),
    fc.string({ unit: 'binary' }).map((s) => `${s}@x.com`),
  )

  test('what is kept is kept the same when given again, and is short, lower-case ASCII', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const kept = normalizeEmail(text)
        fc.pre(kept !== null)
        expect(normalizeEmail(kept)).toBe(kept)
        expect(kept).toMatch(/^[!-~]{3,254}$/)
        expect(kept).toBe(kept.toLowerCase())
      }),
    )
  })
  test('case and surrounding space never make two people of one', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (text) => {
        expect(normalizeEmail(` ${text.toUpperCase()}\n`)).toBe(normalizeEmail(text))
      }),
    )
  })
})
