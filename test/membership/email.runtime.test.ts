import { expect, test } from 'vitest'
import { normalizeEmail } from '../../src/membership/email.ts'
import { NONE, SAME } from '../support/email-cases.ts'

/* The URL parser and Unicode tables of the runtime decide here: they must agree with those of the unit tests. */

test.each(SAME)('in the runtime too: %s: %j is kept as %j', (_, text, kept) => {
  expect(normalizeEmail(text)).toBe(kept)
})

test.each(NONE)('in the runtime too: %s is no address: %j', (_, text) => {
  expect(normalizeEmail(text)).toBeNull()
})
