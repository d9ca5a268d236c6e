import { expect, test } from 'vitest'
import { localPath } from '../../src/portal/local-path.ts'

test.each(['/', '/account', '/o/acme/members?query=a%20b&x=/y', '/a/../b'])('%s stays here', (path) => {
  expect(localPath(path)).toBe(path.replace('/a/..', ''))
})

test.each(
  [
    ['', 'account', 'https://evil.test/', 'javascript:alert(1)', '//evil.test', '/\\evil.test', '\\\\evil.test'],
    [
      '/\t/evil.test',
      '/\n/evil.test',
      ' /account',
      '/a b',
      '/.//evil.test',
      '/a/..//evil.test',
      '/ä',
      `/${'a'.repeat(500)}`,
    ],
  ].flat(),
)('%j could lead away, or is no address', (text) => {
  expect(localPath(text)).toBeNull()
})
