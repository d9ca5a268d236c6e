import { expect, test } from 'vitest'
import { isReservedSlug } from '../../src/membership/slug.ts'

test.each(['www', 'api', 'admin', 'login', 'sign-in', 'support', 'billing', 'xn--80ak6aa92e'])(
  '%s is reserved',
  (slug) => {
    expect(isReservedSlug(slug, [])).toBe(true)
  },
)

test.each(['acme', 'www2', 'my-api', 'support-42', 'administration'])('%s is free', (slug) => {
  expect(isReservedSlug(slug, [])).toBe(false)
})

test('a deployment reserves more', () => {
  expect(isReservedSlug('shop', ['shop'])).toBe(true)
  expect(isReservedSlug('shops', ['shop'])).toBe(false)
})
