import { beforeAll, describe, expect, test, vi } from 'vitest'
import { foundOrganization } from '../support/living-organization.ts'
import { raceForSeats } from './arrival-races.ts'

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})

test.each([1, 2, 3])('of 20 callers with 50 people each exactly as many get in as there are seats (%i)', raceForSeats)

test('500 people arrive in one step, and again without a change', async () => {
  const acme = await foundOrganization({ owners: ['ann'] })
  const crowd = acme.say.addMembers(
    Array.from({ length: 500 }, (_, index) => ({ who: `p${index}`, externalId: `${index}` })),
  )

  const first = await acme.execute(crowd)
  const again = await acme.execute(crowd)

  expect(first).toMatchObject({ ok: true, value: { seats: { used: 501 } } })
  expect(again).toMatchObject({ ok: true, revision: first.revision })
  const { events, members, ledger } = await acme.rows()
  expect(members).toHaveLength(501)
  expect(events.filter(({ type }) => type === 'member.added')).toHaveLength(501)
  expect(ledger).toMatchObject({ active_members: 501, suspended_members: 0, removed_members: 0 })
})

describe('a directory', () => {
  const scim = { type: 'system', process: 'scim', connectionId: 'dir_one' } as const

  test('remembers over evictions whom it removed itself, and the attempts of others', async () => {
    const acme = await foundOrganization({ owners: ['ann'], members: ['bob', 'cat'] })
    await acme.execute(acme.say.removeMember('bob', { by: scim }))
    await acme.execute(acme.say.removeMember('cat', { by: 'ann' }))
    await acme.evict()

    const arriving = acme.say.addMembers(['bob', 'cat'], { by: scim, source: 'scim' })
    const outcomes = [{ outcome: 'returned' }, { outcome: 'removed_by_admin' }]
    expect(await acme.execute(arriving)).toMatchObject({ value: { results: outcomes } })
    await acme.evict()
    const { events } = await acme.rows()
    expect((await acme.execute(arriving)).ok).toBe(true)
    expect((await acme.rows()).events).toHaveLength(events.length)

    await acme.execute(acme.say.allowReturn('cat', { by: 'ann' }))
    const arrived = await acme.execute(arriving)
    expect(arrived).toMatchObject({ value: { results: [{ outcome: 'unchanged' }, { outcome: 'returned' }] } })
    const last = (await acme.rows()).events.slice(-3).map(({ type }) => type)
    expect(last).toEqual(['member.return_refused', 'member.return_allowed', 'member.added'].slice(-3))
  })
})
