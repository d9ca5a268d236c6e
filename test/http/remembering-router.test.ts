import { TrieRouter } from 'hono/router/trie-router'
import { expect, test } from 'vitest'
import { RememberingRouter } from '../../src/http/remembering-router.ts'

function counted() {
  const router = new TrieRouter<string>()
  const asked: string[] = []
  const match = router.match.bind(router)
  router.match = (method, path) => {
    asked.push(`${method} ${path}`)
    return match(method, path)
  }
  return { router: new RememberingRouter(router), asked }
}

test('answers a second time as the first, without asking again, each address and method for itself', () => {
  const { router, asked } = counted()
  router.add('GET', '/teams/:team', 'show')
  router.add('DELETE', '/teams/:team', 'delete')
  const calls = [
    ['GET', '/teams/a'],
    ['GET', '/teams/b'],
    ['DELETE', '/teams/a'],
    ['GET', '/nowhere'],
  ] as const
  const first = calls.map(([method, path]) => router.match(method, path))
  expect(first).toEqual([[[['show', { team: 'a' }]]], [[['show', { team: 'b' }]]], [[['delete', { team: 'a' }]]], [[]]])
  expect(calls.map(([method, path]) => router.match(method, path))).toEqual(first)
  expect(asked).toHaveLength(calls.length)
})

test('knows a route that was added later', () => {
  const { router } = counted()
  router.add('GET', '/teams/:team', 'show')
  router.match('GET', '/teams/a')
  router.add('GET', '/teams/a', 'the first team')
  expect(router.match('GET', '/teams/a')).toEqual([
    [
      ['show', { team: 'a' }],
      ['the first team', {}],
    ],
  ])
})

test('remembers neither very long addresses nor more than a thousand', () => {
  const { router, asked } = counted()
  router.add('GET', '/teams/:team', 'show')
  const long = `/teams/${'x'.repeat(300)}`
  router.match('GET', long)
  router.match('GET', long)
  expect(asked).toHaveLength(2)
  for (let n = 0; n <= 1_000; n += 1) router.match('GET', `/teams/${n}`)
  router.match('GET', '/teams/1000')
  router.match('GET', '/teams/0')
  expect(asked).toHaveLength(2 + 1_001 + 1)
})
