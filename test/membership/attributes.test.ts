import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ATTRIBUTE_TYPES,
  type AttributeDefinition,
  type AttributeValue,
  checkedAttributes,
  checkedValue,
  missingAttributes,
  type NamedAttributes,
  slotOf,
  valueFromText,
  visibleAttributes,
} from '../../src/membership/attributes.ts'
import { ok } from '../../src/membership/result.ts'

type Fields = Partial<AttributeDefinition>

const define = (fields: Fields = {}): AttributeDefinition => ({
  key: 'team',
  label: 'Team',
  type: 'string',
  options: fields.type === 'enum' ? ['red', 'blue'] : null,
  required: false,
  userEditable: true,
  ...fields,
})

const takes = (fields: Fields, value: AttributeValue) => checkedValue(define(fields), value)

describe('a value', () => {
  test.each<[AttributeDefinition['type'], AttributeValue[], AttributeValue[]]>([
    ['string', ['a', '李', 'a'.repeat(500), '<b>'], ['', '  ', 'a'.repeat(501), 'a\nb', '\u0000', '\ud800', 1, true]],
    ['number', [0, -1, 1.5, 1e308, 5e-324], ['1', true, Number.NaN, Number.POSITIVE_INFINITY]],
    ['boolean', [true, false], ['true', 1, 0]],
    [
      'date',
      ['2026-03-02', '2024-02-29', '0001-01-01', '9999-12-31'],
      ['2025-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '2026-3-2', '20260302', '2026-03-02T00:00:00Z', ''],
    ],
    ['enum', ['red', 'blue'], ['green', 'RED', '', 1, true, 'toString']],
  ])('of type %s is taken or not by what it is', (type, good, bad) => {
    for (const value of good) expect(takes({ type }, value), String(value)).toEqual(ok(value))
    for (const value of bad) expect(takes({ type }, value), String(value)).toMatchObject({ ok: false })
  })

  test('of a text loses the space around it', () => {
    expect(takes({}, '  Blue Team ')).toEqual(ok('Blue Team'))
  })

  test('of minus zero is zero, as JSON would have it', () => {
    expect(takes({ type: 'number' }, -0)).toEqual(ok(0))
  })

  test('is read from a text as its definition says', () => {
    expect(valueFromText(define({ type: 'number' }), '1.50')).toEqual(ok(1.5))
    expect(valueFromText(define({ type: 'boolean' }), 'false')).toEqual(ok(false))
    expect(valueFromText(define(), '12')).toEqual(ok('12'))
    for (const text of ['', ' ', 'one', '1e999']) {
      expect(valueFromText(define({ type: 'number' }), text)).toMatchObject({ ok: false })
    }
    expect(valueFromText(define({ type: 'boolean' }), '1')).toMatchObject({ ok: false })
  })
})

describe('a change', () => {
  const definitions = [define(), define({ key: 'level', type: 'number', userEditable: false, required: true })]
  const change = (named: NamedAttributes, by: 'user' | 'operator' = 'user') =>
    checkedAttributes(definitions, named, { by })

  test('is kept by key and type', () => {
    expect(change({ team: ' red ', level: 3 }, 'operator')).toEqual(ok({ 'team:string': 'red', 'level:number': 3 }))
  })

  test('of null takes away', () => {
    expect(change({ team: null })).toEqual(ok({ 'team:string': null }))
  })

  test('names everything that is wrong', () => {
    expect(change({ team: 3, level: 'x', other: 'y', constructor: 1 }, 'operator')).toMatchObject({
      error: {
        code: 'invalid_request',
        errors: ['team', 'level', 'other', 'constructor'].map((key) => ({ path: `attributes.${key}` })),
      },
    })
  })

  test('of what is not theirs to edit is refused to people', () => {
    for (const level of [4, null]) {
      expect(change({ level })).toMatchObject({ error: { errors: [{ path: 'attributes.level' }] } })
    }
    expect(change({ level: null }, 'operator')).toEqual(ok({ 'level:number': null }))
  })

  test('takes nothing required away from people, unless the operator does', () => {
    const mine = [define({ required: true })]
    expect(checkedAttributes(mine, { team: null }, { by: 'user' })).toMatchObject({ ok: false })
    expect(checkedAttributes(mine, { team: null }, { by: 'operator' })).toMatchObject({ ok: true })
  })
})

describe('what there is to see', () => {
  test('is what is defined, and nothing else', () => {
    expect(visibleAttributes([define()], { 'team:string': 'red', 'gone:string': 'x' })).toEqual({ team: 'red' })
    expect(visibleAttributes([], { 'team:string': 'red' })).toEqual({})
  })

  test('is not what was given under another type, even if it would fit', () => {
    const kept = { 'team:date': '2026-03-02', 'team:enum': 'red', 'team:number': 1 }
    expect(visibleAttributes([define()], kept)).toEqual({})
    expect(visibleAttributes([define({ type: 'enum' })], kept)).toEqual({ team: 'red' })
  })

  test('is not an option that there is no more', () => {
    const kept = { 'team:enum': 'red' }
    expect(visibleAttributes([define({ type: 'enum', options: ['blue'] })], kept)).toEqual({})
    expect(visibleAttributes([define({ type: 'enum', options: ['blue', 'red'] })], kept)).toEqual({ team: 'red' })
  })
})

describe('what is missing', () => {
  const mine = define({ required: true })

  test('is what people must give and have not given', () => {
    const definitions = [mine, define({ key: 'a', userEditable: false, required: true }), define({ key: 'b' })]
    expect(missingAttributes(definitions, {})).toEqual([mine])
    expect(missingAttributes(definitions, { 'team:string': null })).toEqual([mine])
    expect(missingAttributes(definitions, { 'team:string': 'red' })).toEqual([])
  })

  test('is also what is hidden, and not what says no or nothing', () => {
    const choice = define({ type: 'enum', options: ['blue'], required: true })
    expect(missingAttributes([choice], { 'team:enum': 'red' })).toEqual([choice])
    expect(missingAttributes([define({ type: 'boolean', required: true })], { 'team:boolean': false })).toEqual([])
    expect(missingAttributes([define({ type: 'number', required: true })], { 'team:number': 0 })).toEqual([])
  })
})

describe('for whatever is sent,', () => {
  const options = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 })
  const definition = fc
    .record({ key: fc.constantFrom('a', 'b', 'constructor'), type: fc.constantFrom(...ATTRIBUTE_TYPES), options })
    .chain(({ options, ...rest }) =>
      fc
        .record({ required: fc.boolean(), userEditable: fc.boolean() })
        .map((more) => define({ ...rest, ...more, options: rest.type === 'enum' ? options : null })),
    )
  const definitions = fc.uniqueArray(definition, { selector: ({ key }) => key })
  const day = fc
    .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10))
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 600 }),
    fc.constantFrom('2026-02-30', 'red', ' '),
    day,
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  )
  const named = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'constructor', 'toString'), value)
  const by = fc.constantFrom('user' as const, 'operator' as const)

  test('what is taken is seen again, as JSON keeps it, and is taken again as it is', () => {
    const property = fc.property(definitions, named, by, (defined, sent, by) => {
      const checked = checkedAttributes(defined, sent, { by })
      if (!checked.ok) return
      const kept = JSON.parse(JSON.stringify(checked.value))
      expect(kept).toEqual(checked.value)
      const shown = visibleAttributes(defined, kept)
      expect(Object.keys(shown).sort()).toEqual(
        Object.keys(sent)
          .filter((key) => sent[key] !== null)
          .sort(),
      )
      expect(checkedAttributes(defined, shown, { by })).toEqual(
        ok(Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== null))),
      )
    })
    fc.assert(property, { numRuns: 1_000 })
  })

  test('each error is about something that was sent, and one alone is refused alike', () => {
    const property = fc.property(definitions, named, by, (defined, sent, by) => {
      const checked = checkedAttributes(defined, sent, { by })
      const wrong = checked.ok ? [] : checked.error.errors.map(({ path }) => path.replace('attributes.', ''))
      for (const [key, value] of Object.entries(sent)) {
        expect(checkedAttributes(defined, { [key]: value }, { by }).ok).toBe(!wrong.includes(key))
      }
      expect(wrong.every((key) => Object.hasOwn(sent, key))).toBe(true)
    })
    fc.assert(property, { numRuns: 500 })
  })

  test('what other definitions have kept stays hidden', () => {
    const property = fc.property(definitions, definitions, named, (before, after, sent) => {
      const checked = checkedAttributes(before, sent, { by: 'operator' })
      if (!checked.ok) return
      const kept = Object.fromEntries(Object.entries(checked.value).filter(([, value]) => value !== null)) as Record<
        string,
        AttributeValue
      >
      const slots = new Set(before.map(slotOf))
      for (const key of Object.keys(visibleAttributes(after, kept))) {
        expect(slots).toContain(slotOf(after.find((one) => one.key === key) as AttributeDefinition))
      }
    })
    fc.assert(property, { numRuns: 500 })
  })
})
