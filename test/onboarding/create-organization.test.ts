import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { slug } from '../../src/contract/fields.ts'
import { slugFrom } from '../../src/onboarding/create-organization.ts'

describe('the slug made from a name', () => {
  test.each([
    ['Acme', 'acme'],
    ['Acme, Inc. & Co.', 'acme-inc-co'],
    ['Crème Brûlée', 'creme-brulee'],
    ['ＦＵＬＬ　ＷＩＤＴＨ', 'full-width'],
    ['42', 'team-42'],
  ])('of %o starts with %s', (name, start) => {
    expect(slugFrom(name, 0).startsWith(start)).toBe(true)
    expect(slugFrom(name, 1)).toMatch(new RegExp(`^${start}-\\d{6}$`))
  })

  test('is a valid slug whatever the name and however often it was taken', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 250 }), fc.nat(5), (name, attempt) => {
        expect(slug.safeParse(slugFrom(name, attempt)).success).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})
