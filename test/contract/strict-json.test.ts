import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseStrictJson, parseStrictObject } from '../../src/contract/strict-json.ts'

test('a value that says everything once comes out as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      expect(JSON.stringify(parseStrictJson(text))).toBe(text)
    }),
  )
})

test('a member that is named again is found, wherever it stands and whatever it is called', () => {
  const member = fc.tuple(fc.string(), fc.jsonValue())
  fc.assert(
    fc.property(fc.uniqueArray(member, { minLength: 1, selector: ([name]) => name }), fc.nat(), (members, which) => {
      const written = members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
      const again = written[which % written.length]
      expect(parseStrictJson(`{${written}}`)).toBeDefined()
      for (const text of [`{${again},${written}}`, `{"outer":[{"inner":{${written},${again}}}]}`]) {
        expect(parseStrictJson(text)).toBeUndefined()
      }
    }),
  )
})

describe('refused', () => {
  test.each([
    ['twice the same', '{"sub":"ann","sub":"ann"}'],
    ['the same in another spelling', '{"sub":"ann","s\\u0075b":"bob"}'],
    ['a prototype twice', '{"__proto__":1,"__proto__":1}'],
    ['twice, with strings full of colons', '{"a":"\\\\","a":":\\":"}'],
    ['twice in an object of a list', '{"a":[{"b":1,"b":2}]}'],
    ['no text at all', ''],
    ['more than JSON', '{} {}'],
    ['a comment', '{/**/}'],
  ])('%s', (_, text) => {
    expect(parseStrictJson(text)).toBeUndefined()
    expect(parseStrictObject(text)).toBeNull()
  })
})

test.each(['[]', '"a"', '1', 'null', '[{"a":1}]'])('%s is JSON and no object', (text) => {
  expect(parseStrictJson(text)).toEqual(JSON.parse(text))
  expect(parseStrictObject(text)).toBeNull()
})

test('nesting of any depth is counted', () => {
  const [open, close] = ['[{"a":'.repeat(50_000), '}]'.repeat(50_000)]
  expect(parseStrictJson(`${open}{"b":1}${close}`)).toBeDefined()
  expect(parseStrictJson(`${open}{"b":1,"b":1}${close}`)).toBeUndefined()
})

test.each(['{}', '{"__proto__":{"a":1}}', '{"":"","a":[[],{},{"":{}}]}', ' {"a" : "b:c,\\"d\\":" } '])(
  'taken: %s',
  (text) => {
    expect(parseStrictObject(text)).toEqual(JSON.parse(text))
  },
)
