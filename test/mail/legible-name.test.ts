import { expect, test } from 'vitest'
import { isolatedName, legibleName, shortName, unlinkedName } from '../../src/mail/legible-name.ts'

test.each([
  ['line breaks', 'Acme\r\nBcc: all@x.test', 'Acme Bcc: all@x.test'],
  ['Unicode line breaks', 'Acme\u2028Admin\u2029Owner\u0085x', 'Acme Admin Owner x'],
  ['controls', 'Ac\u0000me\u001b[31m\u007f', 'Ac me [31m'],
  ['runs of white space', '  Acme \t\u00a0 Corp ', 'Acme Corp'],
  ['bidirectional overrides', '\u202etset.live\u202c', 'tset.live'],
  ['bidirectional isolates and marks', 'a\u2066b\u2069c\u200fd\u061ce', 'a b c d e'],
  ['invisible characters', 'Ac\u200bme\u00ad\u2060 \u3164\ufeffx', 'Ac me x'],
  ['lone surrogates', 'Acme \ud800 Corp', 'Acme Corp'],
])('%s become one space', (_, name, legible) => {
  expect(legibleName(name)).toBe(legible)
})

test.each([
  ['=?utf-8?b?4oCuZGVydmVy?= Ltd', '= ?utf-8?b?4oCuZGVydmVy?= Ltd'],
  ['=\u200b?utf-8?q?x?=', '= ?utf-8?q?x?='],
  ['==??=?', '== ??= ?'],
])('%j holds no encoded word any more', (name, legible) => {
  expect(legibleName(name)).toBe(legible)
})

test.each(['Łódź & Söhne', '株式会社アクメ', 'מוסטר בע״מ', 'می‌خواهم', '👩‍🚀 Space ✈️'])('%s stays as it is', (name) => {
  expect(legibleName(name)).toBe(name)
})

test('letters are composed, so that a name is as long as it looks', () => {
  expect(legibleName('Zoe\u0308')).toBe('Zo\u00eb')
})

test.each([null, '', ' \r\n', '\u202e\u200d'])('%j shows nothing and is no name', (name) => {
  expect(legibleName(name)).toBeNull()
})

test('a long name is cut between characters and says so', () => {
  expect(shortName('Acme', 4)).toBe('Acme')
  expect(shortName('Acme Corp', 6)).toBe('Acme…')
  expect(shortName('👩‍🚀👩‍🚀👩‍🚀', 11)).toBe('👩‍🚀👩‍🚀…')
  expect(shortName('e\u0301'.repeat(40), 20)).toBe(`${'e\u0301'.repeat(9)}…`)
})

test('a name that looks like a web address cannot be taken for one', () => {
  expect(unlinkedName('http://evil.test Click')).toBe('http:\u200b/\u200b/\u200bevil.\u200btest Click')
  expect(unlinkedName('www.evil.test/a@b')).toBe('www.\u200bevil.\u200btest/\u200ba@\u200bb')
  expect(unlinkedName('evil。test')).toBe('evil。\u200btest')
})

test('ordinary names and e-mail addresses stay as they are', () => {
  expect(unlinkedName('Dr. Ann Lee, Acme Inc.')).toBe('Dr. Ann Lee, Acme Inc.')
  expect(unlinkedName('ann.lee+team@x.test')).toBe('ann.lee+team@x.test')
})

test('a name that reads from right to left is kept apart from the words beside it', () => {
  expect(isolatedName('מוסטר')).toBe('\u2068מוסטר\u2069')
  expect(isolatedName('Müster')).toBe('Müster')
})
