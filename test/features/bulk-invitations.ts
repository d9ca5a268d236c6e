import { beforeAll, describe, expect, test, vi } from 'vitest'
import { as, expectProblem, operator } from '../support/api.ts'
import {
  created,
  emailOfFile,
  followed,
  newInvitation,
  newMember,
  newOrganization,
  type Team,
} from '../support/api-builders.ts'
import { holdMails } from '../support/api-mail.ts'
import { runCron } from '../support/cron.ts'
import { everythingOf, inAccounts, inDirectory } from './storage.ts'

/* Many rows in one call: each has its own outcome, in the order given, and all of it is one step. */

export const bulk = ({ path }: Team) => `${path}/invitations/bulk`
export const outcomesOf = ({ body }: { body: { results: { outcome: string }[] } }) =>
  body.results.map((row) => row.outcome)

/** How long bulks are: one of addresses, and one of rows of every kind, eight in each turn. */
interface Sizes {
  readonly addresses: number
  /** As many mails one person may send a day. */
  readonly perInviter: number
  readonly turns: number
}

export function describeBulks({ addresses, perInviter, turns }: Sizes): void {
  describe('many addresses', () => {
    const emails = Array.from({ length: addresses }, (_, index) => emailOfFile(`bulk-${index}`))
    let team: Team
    beforeAll(async () => {
      await as(operator).patch('/v1/settings', { invitation_mails_per_inviter_per_day: perInviter })
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
      expect(ledger).toMatchObject({ revision: 2, pending_invitations: addresses })
    })

    test('are as many entries of the log, each in the order given and chained to the one before', async () => {
      const { events } = await everythingOf(team)
      const invited = events
        .slice(2)
        .map(({ seq, type, personal }) => ({ seq, type, email: JSON.parse(String(personal)).email }))
      expect(invited).toEqual(emails.map((email, index) => ({ seq: index + 3, type: 'invitation.created', email })))
      const { body } = await team.owner.api.get(`${team.path}/events/verify`)
      expect(body).toMatchObject({ valid: true, verified_up_to: addresses + 2 })
    })

    test('take as many seats', async () => {
      const { body } = await team.owner.api.get(`${team.path}/seats`)
      expect(body).toMatchObject({ used: addresses + 1, active: 1, pending: addresses })
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
          'select to_address from mailbox where to_address like ?',
          emailOfFile('bulk-%'),
        )
        return rows.map(({ to_address }) => to_address).sort()
      }
      const deliveries = async () =>
        Object.groupBy((await everythingOf(team)).invitations, ({ delivery }) => String(delivery))
      const eventually = { timeout: 80_000, interval: 500 }
      await vi.waitFor(async () => {
        const { sent = [], delayed = [] } = await deliveries()
        expect([sent.length, delayed.length]).toEqual([perInviter, addresses - perInviter])
      }, eventually)
      expect(await sent()).toHaveLength(perInviter)

      await as(operator).patch('/v1/settings', { invitation_mails_per_inviter_per_day: addresses })
      await runCron(Date.now() + 25 * 60 * 60_000)
      await vi.waitFor(async () => expect((await deliveries()).sent).toHaveLength(addresses), eventually)
      await as(operator).patch('/v1/settings', { invitation_mails_per_inviter_per_day: 500 })
      expect(await sent()).toEqual(emails.toSorted())
    })
  })

  describe('many rows of every kind', () => {
    /** In turn, eight rows. */
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
    const outcomes = Array.from({ length: turns }, (_, n) => turn(n)).flat()
    const rows = outcomes.map(({ row }) => row)
    /** Fewer than are invited. */
    const free = Math.floor(turns * 0.8)

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
      expect(outcomesOf(answer)).toEqual(outcomes.map(({ outcome }) => outcome))
      expect(answer.body.seats).toMatchObject({ used: 2 * turns + 4, active: 3, pending: 2 * turns + 1 })
      expect((await team.owner.api.get(`${team.path}/seats`)).body).toEqual(answer.body.seats)
    })

    test('fill the seats in the order given, to the last one', async () => {
      const team = await given({ seat_limit: free + 4 })
      const answer = await team.admin.api.post(bulk(team), { rows })
      let left = free
      const expected = outcomes.map(({ outcome }) => {
        if (outcome !== 'invited') return outcome
        left -= 1
        return left >= 0 ? 'invited' : 'seat_limit_reached'
      })
      expect(outcomesOf(answer)).toEqual(expected)
      expect(answer.body.seats).toMatchObject({ used: free + 4, limit: free + 4, available: 0 })
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
      const team = await given({ seat_limit: free + 4 })
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
      expect(outcomesOf(answer)).toEqual(outcomes.map(({ outcome }) => outcome))
      expect(answer.text).not.toMatch(/"outcome":"invited","invitation_id"/)
      expect(await everythingOf(team)).toEqual(before)
    })
  })
}
