import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type Answer, as, expectInvalid, expectProblem, operator } from '../support/api.ts'
import { type Member, newMember, newOrganization, reseam, suspend, type Team } from '../support/api-builders.ts'
import { newApiKey } from '../support/api-world.ts'

/* The audit log as a list, as a feed to follow, and as one person's activity. */

/** Later than whatever happens before the clock is set. */
const NOON = Date.UTC(2100, 0, 15, 12)
const MINUTE = 60_000
const at = (minutes: number) => new Date(NOON + minutes * MINUTE).toISOString()

const typesOf = ({ body }: Answer): string[] => body.data.map(({ type }: { type: string }) => type)
const seqsOf = ({ body }: Answer): number[] => body.data.map(({ seq }: { seq: number }) => seq)

/** One entry a minute: created with its owner (1, 2), admin and member added (3, 4), then what the admin and a key do. */
let team: Team
let admin: Member
let bob: Member
let keyId: string
beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  team = await newOrganization()
  const clock = { now: NOON }
  await reseam(team, { clock: () => clock.now })
  const minuteLater = () => {
    clock.now += MINUTE
  }
  admin = await newMember(team, 'admin')
  bob = await newMember(team)
  minuteLater()
  await admin.api.post(`${team.path}/members/${bob.memberId}/suspend`)
  minuteLater()
  await admin.api.post(`${team.path}/members/${bob.memberId}/reactivate`)
  minuteLater()
  const key = await newApiKey(team)
  keyId = key.id
  minuteLater()
  await key.api.patch(team.path, { name: 'By key' })
  minuteLater()
  await team.owner.api.patch(team.path, { name: 'By owner' })
})

const events = (query: string, { api } = team.owner) => api.get(`${team.path}/events?limit=100&${query}`)
const walk = async (query: string): Promise<number[]> => {
  const seqs: number[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Answer = await team.owner.api.get(`${team.path}/events?${query}${cursor && `&cursor=${cursor}`}`)
    seqs.push(...seqsOf(page))
    cursor = page.body.next_cursor
  }
  return seqs
}

describe('the log', () => {
  test('begins with the newest entry', async () => {
    expect(seqsOf(await events(''))).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1])
  })

  test.each([
    ['one type', () => 'type=member.suspended', [5]],
    ['several types', () => 'type=member.suspended,member.reactivated,role.created', [6, 5]],
    ['a person who acted', () => `actor=${admin.id}`, [6, 5]],
    ['a key that acted', () => `actor=${keyId}`, [8]],
    ['whom it happened to', () => `target=${bob.memberId}`, [6, 5, 4]],
    ['the organization itself', () => `target=${team.id}`, [9, 8, 1]],
    ['all of it together', () => `actor=${admin.id}&target=${bob.memberId}&type=member.suspended`, [5]],
    ['what never happened', () => `actor=${bob.id}`, []],
  ])('is filtered by %s', async (_, query, seqs) => {
    expect(seqsOf(await events(query()))).toEqual(seqs)
  })

  test.each([
    ['from a moment on, which is included', `from=${at(1)}`, [9, 8, 7, 6, 5]],
    ['up to a moment, which is not', `to=${at(2)}`, [5, 4, 3, 2, 1]],
    ['between two moments', `from=${at(1)}&to=${at(3)}`, [6, 5]],
    ['in another time zone', 'from=2100-01-15T14:01:00%2B02:00&to=2100-01-15T14:02:00%2B02:00', [5]],
    ['in no time at all', `from=${at(2)}&to=${at(2)}`, []],
  ])('is cut to a range of time: %s', async (_, query, seqs) => {
    expect(seqsOf(await events(query))).toEqual(seqs)
  })

  test('is filtered page by page as in one go', async () => {
    const query = `target=${bob.memberId}`
    expect(await walk(`${query}&limit=1`)).toEqual([6, 5, 4])
  })

  test.each([
    ['type=member.exploded', 'type.0'],
    ['after_seq=-1', 'after_seq'],
    ['after_seq=1.5', 'after_seq'],
    ['from=yesterday', 'from'],
    ['to=2027-01-15', 'to'],
    ['actor=', 'actor'],
    ['since=1', 'since'],
  ])('is not asked with %s', async (query, path) => {
    expectInvalid(await events(query), path)
  })
})

describe('the feed', () => {
  test('goes on after the entry that was seen last, the oldest first', async () => {
    expect(seqsOf(await events('after_seq=6'))).toEqual([7, 8, 9])
    expect(seqsOf(await events('after_seq=0'))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(seqsOf(await events('after_seq=9'))).toEqual([])
  })

  test('followed by its numbers alone misses nothing that happens meanwhile', async () => {
    const acme = await newOrganization()
    const seen: number[] = []
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([newMember(acme), newMember(acme), newMember(acme)])
      const page = await acme.owner.api.get(`${acme.path}/events?limit=2&after_seq=${seen.at(-1) ?? 0}`)
      seen.push(...seqsOf(page))
    }
    const rest = await acme.owner.api.get(`${acme.path}/events?limit=100&after_seq=${seen.at(-1)}`)
    expect([...seen, ...seqsOf(rest)]).toEqual(Array.from({ length: 17 }, (_, index) => index + 1))
  })

  test('is walked in pages, too', async () => {
    expect(await walk('after_seq=2&limit=2')).toEqual([3, 4, 5, 6, 7, 8, 9])
  })

  test('takes the filters of the log', async () => {
    expect(typesOf(await events(`after_seq=0&target=${bob.memberId}`))).toEqual([
      'member.added',
      'member.suspended',
      'member.reactivated',
    ])
  })
})

describe('what a person did', () => {
  const activity = ({ memberId }: Member, by: { api: Member['api'] }) =>
    by.api.get(`${team.path}/members/${memberId}/activity`)

  test('is told to themself, to who may read the log, and to the operator', async () => {
    for (const by of [admin, team.owner, { api: as(operator) }]) {
      const { body } = await activity(admin, by)
      expect(body).toMatchObject({ object: 'activity', member_id: admin.memberId, last_sign_in_at: null })
      expect(body.joined_at).toBe(at(0))
      expect(typesOf({ body: body.events } as Answer)).toEqual(['member.reactivated', 'member.suspended'])
    }
  })

  test('is nobody else’s business', async () => {
    const { api } = await newApiKey(team, ['members:read', 'organization:read'])
    for (const by of [bob, { api }]) {
      expectProblem(await activity(admin, by), 403, 'forbidden', { permission: 'audit_log:read' })
    }
    expect((await activity(bob, bob)).status).toBe(200)
  })

  test('comes in pages', async () => {
    const path = `${team.path}/members/${admin.memberId}/activity?limit=1`
    const first = await admin.api.get(path)
    const second = await admin.api.get(`${path}&cursor=${first.body.events.next_cursor}`)
    const seqs = [first, second].flatMap(({ body }) => seqsOf({ body: body.events } as Answer))
    expect([seqs, second.body.events.next_cursor]).toEqual([[6, 5], null])
  })

  test('stays to be read when they are suspended or gone', async () => {
    const acme = await newOrganization()
    const eve = await newMember(acme, 'admin')
    await eve.api.patch(acme.path, { name: 'By Eve' })
    await suspend(acme, eve)
    const asked = () => acme.owner.api.get(`${acme.path}/members/${eve.memberId}/activity`)
    expect((await asked()).body.events.data).toHaveLength(1)
    await acme.owner.api.delete(`${acme.path}/members/${eve.memberId}`)
    expect((await asked()).body.events.data).toHaveLength(1)
  })

  test('is only asked of members', async () => {
    expectProblem(await team.owner.api.get(`${team.path}/members/mem_unknown/activity`), 404, 'not_found')
  })
})

describe('an entry', () => {
  test('says what was before and what is after', async () => {
    const [renamed] = (await events('type=organization.updated')).body.data
    expect(renamed.data).toEqual({ name: { from: 'By key', to: 'By owner' } })
  })

  test('names who acted and on whom, and when', async () => {
    const [suspended] = (await events('type=member.suspended')).body.data
    expect(suspended).toMatchObject({
      occurred_at: at(1),
      actor: { type: 'user', id: admin.id },
      target: { type: 'member', id: bob.memberId },
      data: { email: bob.email },
    })
  })

  test('of the operator names no person', async () => {
    const [added] = (await events(`type=member.added&target=${bob.memberId}`)).body.data
    expect(added.actor).toEqual({ type: 'operator', id: null })
  })
})
