import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { sweep } from '../../src/jobs/sweep.ts'
import { as, expectProblem, operator } from '../support/api.ts'
import { created, followed, newInvitation, newMember, newOrganization, type Team } from '../support/api-builders.ts'
import { holdMails } from '../support/api-mail.ts'
import { everythingOf, inAccounts, inDirectory } from './storage.ts'

/* Up to a thousand rows in one call: each has its own outcome, in the order given, and all of it is one step. */

const THOUSAND = Array.from({ length: 1_000 }, (_, index) => index)
const bulk = ({ path }: Team) => `${path}/invitations/bulk`
const outcomesOf = ({ body }: { body: { results: { outcome: string }[] } }) => body.results.map((row) => row.outcome)

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

describe('a thousand addresses', () => {
  const emails = THOUSAND.map((index) => `bulk-${index}@x.test`)
  let team: Team
  beforeAll(async () => {
    team = await newOrganization()
    const answer = await team.owner.api.post(bulk(team), { emails })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body.results).toMatchObject(emails.map((email) => ({ email, outcome: 'invited' })))
    expect(answer.headers.get('Muster-Revision')).toBe('2')
  })

  test('are as many invitations, of one revision', async () => {
    const { invitations, ledger } = await everythingOf(team)
    expect(invitations.map(({ email }) => email).sort()).toEqual(emails.toSorted())
    expect(new Set(invitations.map(({ revision }) => revision))).toEqual(new Set([2]))
    expect(ledger).toMatchObject({ revision: 2, pending_invitations: 1_000 })
  })

  test('are as many entries of the log, each in the order given and chained to the one before', async () => {
    const { events } = await everythingOf(team)
    const invited = events
      .slice(2)
      .map(({ seq, type, personal }) => ({ seq, type, email: JSON.parse(String(personal)).email }))
    expect(invited).toEqual(emails.map((email, index) => ({ seq: index + 3, type: 'invitation.created', email })))
    const { body } = await team.owner.api.get(`${team.path}/events/verify`)
    expect(body).toMatchObject({ valid: true, verified_up_to: 1_002 })
  })

  test('take as many seats', async () => {
    const { body } = await team.owner.api.get(`${team.path}/seats`)
    expect(body).toMatchObject({ used: 1_001, active: 1, pending: 1_000 })
  })

  test('arrive in the directory, all of them', async () => {
    await followed(team)
    const found = 'select email from invitations where organization_id = ? and status = ?'
    const rows = await inDirectory<{ email: string }>(found, team.id, 'pending')
    expect(rows.map(({ email }) => email).sort()).toEqual(emails.toSorted())
  })

  test('are sent a mail each, once: as many as one person may send a day, and the others when there is room', async () => {
    const sent = async () => {
      const rows = await inAccounts<{ to_address: string }>(
        "select to_address from mailbox where to_address like 'bulk-%'",
      )
      return rows.map(({ to_address }) => to_address).sort()
    }
    const deliveries = async () =>
      Object.groupBy((await everythingOf(team)).invitations, ({ delivery }) => String(delivery))
    const eventually = { timeout: 80_000, interval: 500 }
    await vi.waitFor(async () => {
      const { sent = [], delayed = [] } = await deliveries()
      expect([sent.length, delayed.length]).toEqual([500, 500])
    }, eventually)
    expect(await sent()).toHaveLength(500)

    await as(operator).patch('/v1/settings', { invitation_mails_per_inviter_per_day: 1_000 })
    await sweep(env, Date.now() + 25 * 60 * 60_000)
    await vi.waitFor(async () => expect((await deliveries()).sent).toHaveLength(1_000), eventually)
    await as(operator).patch('/v1/settings', { invitation_mails_per_inviter_per_day: 500 })
    expect(await sent()).toEqual(emails.toSorted())
  })
})

describe('a thousand rows of every kind', () => {
  /** In turn, eight rows; the whole thousand is 125 such turns. */
  const turn = (n: number) => [
    { row: { email: `new-${n}@x.test`, role: 'member', name: `New ${n}` }, outcome: 'invited' },
    { row: { email: `chief-${n}@x.test`, role: 'reader' }, outcome: 'invited' },
    { row: { email: ` NEW-${n}@X.test ` }, outcome: 'duplicate' },
    { row: { email: 'bob@x.test' }, outcome: n === 0 ? 'already_member' : 'duplicate' },
    { row: { email: 'cat@x.test' }, outcome: n === 0 ? 'already_invited' : 'duplicate' },
    { row: { email: `nobody ${n}` }, outcome: 'invalid_email' },
    { row: { email: `boss-${n}@x.test`, role: 'owner' }, outcome: 'role_not_allowed' },
    { row: { email: `who-${n}@x.test`, role: 'ghost' }, outcome: 'role_not_allowed' },
  ]
  const turns = Array.from({ length: 125 }, (_, n) => turn(n)).flat()
  const rows = turns.map(({ row }) => row)

  async function given(fields: object): Promise<Team & { readonly admin: Awaited<ReturnType<typeof newMember>> }> {
    const team = await newOrganization(fields)
    await holdMails(team)
    created(await team.owner.api.post(`${team.path}/roles`, { key: 'reader', name: 'Reader', permissions: [] }))
    created(await as(operator).post(`${team.path}/members`, { email: 'bob@x.test' }))
    const admin = await newMember(team, 'admin')
    await newInvitation(team, { email: 'cat@x.test' })
    return { ...team, admin }
  }

  test('have their outcomes in the order given', async () => {
    const team = await given({})
    const answer = await team.admin.api.post(bulk(team), { rows })
    expect(outcomesOf(answer)).toEqual(turns.map(({ outcome }) => outcome))
    expect(answer.body.seats).toMatchObject({ used: 254, active: 3, pending: 251 })
    expect((await team.owner.api.get(`${team.path}/seats`)).body).toEqual(answer.body.seats)
  })

  test('fill the seats in the order given, to the last one', async () => {
    const team = await given({ seat_limit: 104 })
    const answer = await team.admin.api.post(bulk(team), { rows })
    const free = { left: 100 }
    const expected = turns.map(({ outcome }) => {
      if (outcome !== 'invited') return outcome
      free.left -= 1
      return free.left >= 0 ? 'invited' : 'seat_limit_reached'
    })
    expect(outcomesOf(answer)).toEqual(expected)
    expect(answer.body.seats).toMatchObject({ used: 104, limit: 104, available: 0 })
  })

  test('give each invitation the role and the name of its row', async () => {
    const team = await given({})
    const { body } = await team.admin.api.post(bulk(team), { rows })
    const [first, second] = body.results
    const shown = async (id: string) => (await team.owner.api.get(`${team.path}/invitations/${id}`)).body
    expect(await shown(first.invitation_id)).toMatchObject({ email: 'new-0@x.test', role: 'member', name: 'New 0' })
    expect(await shown(second.invitation_id)).toMatchObject({ email: 'chief-0@x.test', role: 'reader', name: null })
  })

  test('name the invitation that an address has already', async () => {
    const team = await given({})
    const cat = (await team.owner.api.get(`${team.path}/invitations?query=cat@x.test`)).body.data[0]
    const { body } = await team.admin.api.post(bulk(team), { rows })
    expect(body.results[4]).toEqual({ email: 'cat@x.test', outcome: 'already_invited', invitation_id: cat.id })
  })

  test.each(['each', 'all'])('change nothing on a try of mode %s, which answers the same', async (mode) => {
    const team = await given({ seat_limit: 104 })
    await followed(team)
    const before = await everythingOf(team)
    const answer = await team.admin.api.post(bulk(team), { rows, mode, dry_run: true })
    expect(await everythingOf(team)).toEqual(before)
    const done = await team.admin.api.post(bulk(team), { rows })
    expect(outcomesOf(answer)).toEqual(outcomesOf(done))
    expect(answer.body.seats).toEqual(done.body.seats)
  })

  test('are refused altogether in mode all, with the outcome of each, and nothing changes', async () => {
    const team = await given({})
    await followed(team)
    const before = await everythingOf(team)
    const answer = await team.admin.api.post(bulk(team), { rows, mode: 'all' })
    expectProblem(answer, 409, 'bulk_refused', { seats: { used: 4 } })
    expect(outcomesOf(answer)).toEqual(turns.map(({ outcome }) => outcome))
    expect(answer.text).not.toMatch(/"outcome":"invited","invitation_id"/)
    expect(await everythingOf(team)).toEqual(before)
  })
})

describe('more than a thousand', () => {
  const emails = Array.from({ length: 1_001 }, (_, index) => `more-${index}@x.test`)
  const csv = ['email', ...emails].join('\n')

  test.each([
    ['addresses', { body: { emails } }],
    ['rows', { body: { rows: emails.map((email) => ({ email })) } }],
    ['rows of CSV', { raw: csv, headers: { 'Content-Type': 'text/csv' } }],
  ])('%s are refused, and nothing is done', async (_, call) => {
    const team = await newOrganization()
    const before = await everythingOf(team)
    const answer = await team.owner.api.call('POST', bulk(team), call)
    expectProblem(answer, 422, 'invalid_request')
    expect(await everythingOf(team)).toEqual(before)
  })
})

test('all or none: a thousand who can all be invited are', async () => {
  const team = await newOrganization({ seat_limit: 1_001 })
  await holdMails(team)
  const emails = THOUSAND.map((index) => `all-${index}@x.test`)
  const answer = await team.owner.api.post(bulk(team), { emails, mode: 'all' })
  expect(answer.body.seats).toMatchObject({ used: 1_001, available: 0 })
  expect(new Set(outcomesOf(answer))).toEqual(new Set(['invited']))
})

test('one address in many spellings is one person', async () => {
  const team = await newOrganization()
  const emails = [
    'jo@müller.test',
    'JO@MÜLLER.TEST',
    ' jo@xn--mller-kva.test',
    'jo@mu\u0308ller.test',
    'jo+a@müller.test',
  ]
  const answer = await team.owner.api.post(bulk(team), { emails })
  expect(outcomesOf(answer)).toEqual(['invited', 'duplicate', 'duplicate', 'duplicate', 'invited'])
  expect(answer.body.results[0].email).toBe('jo@xn--mller-kva.test')
})

test('the mails of a day end a bulk at exactly the last one', async () => {
  await as(operator).patch('/v1/settings', { invitation_mails_per_day: 7 })
  const team = await newOrganization()
  const emails = Array.from({ length: 10 }, (_, index) => `day-${index}@x.test`)
  const answer = await team.owner.api.post(bulk(team), { emails })
  await as(operator).patch('/v1/settings', { invitation_mails_per_day: 2_000 })
  expect(outcomesOf(answer)).toEqual([...Array(7).fill('invited'), ...Array(3).fill('invitation_rate_limited')])
})
