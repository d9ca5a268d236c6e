import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Pasted, pastedAddresses } from '../../src/portal/organization/invite/pasted-addresses.ts'

const ann = { email: 'ann@x.test', name: 'Ann Lee' }
const bob = { email: 'bob@x.test', name: null }
const cat = { email: 'cat@x.test', name: null }

describe('addresses as people paste them', () => {
  test.each<[string, Pasted[]]>([
    ['', []],
    [' \n ,;\t\n', []],
    ['bob@x.test', [bob]],
    ['Ann Lee <ann@x.test>, bob@x.test; cat@x.test', [ann, bob, cat]],
    ['Ann Lee <ann@x.test>; bob@x.test\ncat@x.test\r\n', [ann, bob, cat]],
    ['"Ann Lee" <ann@x.test>,<bob@x.test>', [ann, bob]],
    ['bob@x.test cat@x.test', [bob, cat]],
    // Out of a spreadsheet.
    ['Ann Lee\tann@x.test\n\tbob@x.test', [ann, bob]],
    ['ann@x.test\tAnn Lee\nbob@x.test\t', [ann, bob]],
    ['Ann\tLee\tann@x.test', [ann]],
    ['Ann Lee,ann@x.test\n,bob@x.test', [ann, bob]],
    ['Ann Lee;ann@x.test\n;bob@x.test', [ann, bob]],
    // As Outlook writes them.
    [
      'Lee, Ann <ann@x.test>; Fox, Bob <bob@x.test>',
      [
        { ...ann, name: 'Lee, Ann' },
        { ...bob, name: 'Fox, Bob' },
      ],
    ],
    ['"Lee, Ann" <ann@x.test>, bob@x.test', [{ ...ann, name: 'Lee, Ann' }, bob]],
    ['Lee, Ann <ann@x.test>, bob@x.test', [{ ...ann, name: 'Lee, Ann' }, bob]],
    // Lists, links, brackets.
    ['- Ann Lee ann@x.test\n• bob@x.test\n3. cat@x.test', [ann, bob, cat]],
    ['mailto:bob@x.test (cat@x.test).', [bob, cat]],
    ["'Ann Lee' <ann@x.test>", [ann]],
    ['Ann "the boss <ann@x.test>', [{ ...ann, name: 'Ann "the boss' }]],
    ['李安 <ann@x.test>', [{ ...ann, name: '李安' }]],
    // What is no address is shown as such.
    ['bob@x.test, cat, dan@x.test', [bob, { email: 'cat', name: null }, { email: 'dan@x.test', name: null }]],
    ['Name\nbob@x.test', [{ email: 'Name', name: null }, bob]],
    ['ann@x.test <ann@x.test>, Bob bob@x.test <cat@x.test>', [{ ...ann, name: null }, bob, { ...cat, name: 'Bob' }]],
    ['Ann Lee <>', [{ email: '', name: 'Ann Lee' }]],
  ])('%j', (text, pasted) => {
    expect(pastedAddresses(text)).toEqual(pasted)
  })

  const address = fc
    .tuple(fc.stringMatching(/^[a-z0-9][a-z0-9+_-]{0,8}$/), fc.stringMatching(/^[a-z]{1,8}$/))
    .map(([local, domain]) => `${local}@${domain}.test`)
  const word = fc.stringMatching(/^[A-ZÄ李][a-zé]{1,8}$/u)
  const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '))
  const people = fc.array(fc.record({ email: address, name: fc.option(name) }), { minLength: 1, maxLength: 20 })

  test.each<[string, string, (person: Pasted) => string]>([
    ['a mail client, commas', ', ', written],
    ['a mail client, semicolons', ';', written],
    ['a mail client, lines', '\n', written],
    ['a spreadsheet, name first', '\r\n', ({ email, name }) => `${name ?? ''}\t${email}`],
    ['a spreadsheet, name last', '\n', ({ email, name }) => `${email}\t${name ?? ''}`],
    ['a file with commas', '\n', ({ email, name }) => `${email},${name ?? ''}`],
    ['quoted names', ',', ({ email, name }) => (name === null ? email : `"${name}" <${email}>`)],
  ])('come out as they went in: %s', (_, between, form) => {
    fc.assert(
      fc.property(people, (list) => {
        expect(pastedAddresses(list.map(form).join(between))).toEqual(list)
      }),
    )
  })

  test('are never lost, whatever stands around them', () => {
    const noise = fc.string({ unit: fc.constantFrom(...'ab ,;\t\n<>"\'().') })
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, address)), noise, (pieces, end) => {
        const text = `${pieces.map(([before, email]) => `${before} ${email}`).join(' ')} ${end}`
        const found = pastedAddresses(text).map(({ email }) => email)
        for (const [, email] of pieces) expect(found.some((one) => one.includes(email))).toBe(true)
      }),
    )
  })

  test('make rows that can be sent, whatever was pasted', () => {
    const odd = fc.constantFrom(...'ab@<>",; \t\n\u0000\u2028\u0085.😀', '\ud800', '\udc00')
    const isRow = ({ email, name }: Pasted) =>
      email.length <= 1000 &&
      email.isWellFormed() &&
      /^\P{Cc}{1,200}$/u.test(name ?? 'a') &&
      name?.isWellFormed() !== false
    fc.assert(fc.property(fc.string({ unit: odd, maxLength: 100 }), (text) => pastedAddresses(text).every(isRow)))
  })

  test.each(['<', '"', '"<', 'a@', ' ', '< ', ',"', '\t"a'])(
    'are looked for no longer than their length allows, in %j over and over',
    (piece) => {
      const text = piece.repeat(100_000 / piece.length)
      expect(Array.isArray(pastedAddresses(text))).toBe(true)
    },
  )
})

function written({ email, name }: Pasted): string {
  return name === null ? email : `${name} <${email}>`
}
