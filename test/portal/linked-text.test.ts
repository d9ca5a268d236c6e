import { expect, test } from 'vitest'
import { splitByLinks } from '../../src/portal/linked-text.ts'

const show = (text: string, ...links: string[]) =>
  splitByLinks(text, links)
    .map(({ text, isLink }) => (isLink ? `[${text}]` : text))
    .join('')

test('a text is cut at its links, wherever they stand', () => {
  expect(show('go to https://x.test/a now', 'https://x.test/a')).toBe('go to [https://x.test/a] now')
  expect(show('https://x.test/a', 'https://x.test/a')).toBe('[https://x.test/a]')
  expect(show('a b', 'https://x.test/a')).toBe('a b')
})

test('a link that begins another does not cut it short', () => {
  const links = ['https://x.test/a', 'https://x.test/a/b']
  expect(show('https://x.test/a/b or https://x.test/a', ...links)).toBe('[https://x.test/a/b] or [https://x.test/a]')
})

test('repeated and empty links do no harm', () => {
  expect(show('u u', 'u', 'u', '')).toBe('[u] [u]')
})
