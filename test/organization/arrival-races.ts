import { expect } from 'vitest'
import { countsAreRight, externalIdsAreFound, nobodyIsTwice } from '../support/invariants.ts'
import { foundOrganization } from '../support/living-organization.ts'

const CALLERS = 20
const PEOPLE = 50
const SEATS = 301

/**
 * Many callers bring overlapping crowds into an organization with too few seats, all at once: exactly as many get in as there
 * are seats, each person once. Some of them hold invitations already.
 */
export async function raceForSeats(round: number): Promise<void> {
  const acme = await foundOrganization({ seatLimit: SEATS, owners: ['ann'] })
  for (const index of [0, 1, 2]) await acme.execute(acme.say.inviteMember(`p${round + index * 7}@x.test`))
  const crowd = (caller: number) => Array.from({ length: PEOPLE }, (_, index) => `p${caller * 40 + index}`)

  const executed = await Promise.all(
    Array.from({ length: CALLERS }, (_, caller) =>
      acme.execute(acme.say.addMembers(crowd((caller + round) % CALLERS).map((who) => ({ who, externalId: who })))),
    ),
  )

  const results = executed.flatMap((one) => (one.ok ? one.value.results : []))
  expect(results).toHaveLength(CALLERS * PEOPLE)
  const added = results.filter(({ outcome }) => outcome === 'added').map(({ email }) => email)
  expect(new Set(added).size).toBe(added.length)
  expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['added', 'unchanged', 'seat_limit_reached']))
  for (const one of executed) if (one.ok) expect(one.value.seats.used).toBeLessThanOrEqual(SEATS)
  expect(await acme.read({ type: 'GetSeats' })).toMatchObject({ value: { used: SEATS, available: 0 } })
  const rows = await acme.rows()
  expect(rows.members).toHaveLength(added.length + 1)
  countsAreRight(rows)
  nobodyIsTwice(rows)
  externalIdsAreFound(rows)
}
