import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EVENT_TYPES } from '../../src/membership/event.ts'
import { EVENT_GROUPS, typesOfKind } from '../../src/portal/organization/audit-log/event-kinds.ts'
import {
  EVERYTHING,
  isFiltered,
  type LogChoice,
  logAddress,
  logChoice,
  logFilter,
  narrowed,
} from '../../src/portal/organization/audit-log/log-choice.ts'

const PATH = '/o/acme/audit-log'
const chosen = (query: string): LogChoice => {
  const parameters = new URLSearchParams(query)
  return logChoice((name) => parameters.get(name) ?? undefined)
}

test('every type of entry is in one group, and is a kind by itself', () => {
  expect(EVENT_GROUPS.flatMap(({ types }) => types).sort()).toEqual([...EVENT_TYPES].sort())
  for (const type of EVENT_TYPES) expect(typesOfKind(type)).toEqual([type])
  for (const { key, types } of EVENT_GROUPS) expect(typesOfKind(key)).toEqual(types)
})

test.each(['', 'everything', 'member', '__proto__'])('%j is no kind', (kind) => {
  expect(typesOfKind(kind)).toBeNull()
})

test('the last day is included', () => {
  const { from, to } = logFilter(chosen('from=2026-03-02&to=2026-03-02'))
  expect([from, to]).toEqual([Date.UTC(2026, 2, 2), Date.UTC(2026, 2, 3)])
})

test.each(['from=2026-13-01', 'to=tomorrow', 'kind=x', 'actor=', `target=${'x'.repeat(101)}`, 'cursor=', 'query=%20'])(
  'what is no choice is not made: %s',
  (query) => {
    expect(chosen(query)).toEqual(EVERYTHING)
  },
)

test('an address says what is chosen, and is read as the same choice', () => {
  const text = fc.option(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((one) => one === one.trim() && one !== ''),
  )
  const day = fc.option(fc.constantFrom('2026-01-01', '2026-12-31'))
  const kind = fc.option(fc.constantFrom('members', 'api_key.created'))
  const choice = fc.record({ search: text, kind, actor: text, target: text, from: day, to: day, cursor: text })
  fc.assert(
    fc.property(choice, (wanted) => {
      const address = logAddress(PATH, wanted)
      expect(chosen(address.slice(PATH.length))).toEqual(wanted)
      expect(isFiltered(wanted)).toBe(!/^\/o\/acme\/audit-log(\?(query|cursor)=[^&]*(&cursor=[^&]*)?)?$/.test(address))
    }),
  )
})

test('whose entries they are is chosen beside the rest, from the first page on', () => {
  const choice = chosen('query=bob&kind=members&actor=usr_1&cursor=abc')
  expect(narrowed(choice, { target: 'mem_1' })).toEqual(chosen('kind=members&actor=usr_1&target=mem_1'))
})
