import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { firstBroken } from '../../docs/verify-export.mjs'
import { followSinceRead } from '../../src/onboarding/follow-accounts.ts'
import { as, bearer, expectInvalid, expectProblem, onBehalfOf, operator } from '../support/api.ts'
import {
  carryOut,
  created,
  followed,
  type Member,
  newOrganization,
  newUser,
  type Person,
  remove,
  type Team,
} from '../support/api-builders.ts'
import { broken, organizationsVia } from '../support/api-faults.ts'
import { newSession } from '../support/api-world.ts'
import { runCron } from '../support/cron.ts'
import { everythingOf, inAccounts, inD1, inside, tamper } from './storage.ts'

/* Whoever deletes their account is out of every organization and forgotten there, and the logs still prove themselves. */

const MINUTE = 60_000
const api = as(operator)

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

let names = 0

/** A member with a name that stands nowhere else, and a history in the log: invited, renamed, suspended, back. */
async function remembered(): Promise<{ team: Team; bob: Member; name: string }> {
  names += 1
  const name = `Zebedee ${names}`
  const [team, bob] = [await newOrganization(), await newUser(name, { email_verified: true })]
  const invite = { email: bob.email, name, send_email: false }
  const { url } = created(await team.owner.api.post(`${team.path}/invitations`, invite))
  const { body } = await bob.api.post(`/v1/invitations/${url.split('/').at(-1)}/accept`)
  const path = `${team.path}/members/${body.member.id}`
  await team.owner.api.patch(path, { profile: { name: `${name} the Great` } })
  await team.owner.api.post(`${path}/suspend`)
  await team.owner.api.post(`${path}/reactivate`)
  await followed(team)
  return { team, bob: { ...bob, memberId: body.member.id }, name }
}

const erased = ({ id }: Person) => `${id}@deleted.invalid`
const remove404 = async ({ id }: Person) => expectProblem(await api.get(`/v1/users/${id}`), 404, 'not_found')
const verification = async (team: Team) => (await team.owner.api.get(`${team.path}/events/verify`)).body
const exported = async (team: Team) =>
  (await team.owner.api.get(`${team.path}/events/export`)).text.trimEnd().split('\n')

/** Tables that hold one of these texts, except the mailbox, which exists on a developer's machine only. */
async function traces(team: Team, ...texts: readonly string[]): Promise<string[]> {
  const rows: [string, unknown][] = Object.entries(await everythingOf(team)).map(([table, all]) => [
    `own ${table}`,
    all,
  ])
  rows.push(...(await inD1()).filter(([table]) => table !== 'mailbox'))
  return rows.filter(([, all]) => texts.some((text) => JSON.stringify(all).includes(text))).map(([table]) => table)
}

describe('deleting an account', () => {
  test('takes the person out of every organization and leaves no trace of who they were', async () => {
    const { team, bob, name } = await remembered()
    const other = await newOrganization()
    created(await api.post(`${other.path}/members`, { user_id: bob.id }))
    await followed(other)
    const session = await newSession(bob)
    expect(await traces(team, name, bob.email)).toContain('own events')

    expect((await api.delete(`/v1/users/${bob.id}`)).status).toBe(204)

    for (const one of [team, other]) await followed(one)
    expect((await team.owner.api.get(`${team.path}/members/${bob.memberId}`)).body).toMatchObject({
      status: 'removed',
      email: erased(bob),
      profile: {},
    })
    expect((await other.owner.api.get(`${other.path}/members?status=removed`)).body.data).toMatchObject([
      { user_id: bob.id, email: erased(bob) },
    ])
    // Kept for some days, for what comes late.
    expect(await traces(team, name, bob.email)).toEqual(['former_emails'])
    expect((await as(bearer(session.token)).get('/v1/users/me/sessions')).status).toBe(401)
    await remove404(bob)
    expectProblem(await api.delete(`/v1/users/${bob.id}`), 404, 'not_found')
  })

  test('forgets the answers kept for repeated calls', async () => {
    const { team, bob, name } = await remembered()
    const key = `once-${bob.id}`
    const own = `own-${bob.id}`
    const email = `made-${bob.id}@x.test`
    const made = created(await api.post('/v1/users', { email }, { 'Idempotency-Key': own }))
    const invite = { email: bob.email, name, send_email: false }
    await remove(team, bob)
    created(await team.owner.api.post(`${team.path}/invitations`, invite, { 'Idempotency-Key': key }))
    const kept = () => inside(team, ({ sql }) => JSON.stringify(sql.exec('select value from idempotency').toArray()))
    expect(await kept()).toContain(bob.email)
    for (const { id } of [bob, made]) expect((await api.delete(`/v1/users/${id}`)).status).toBe(204)
    await followed(team)
    expect(await traces(team, name, bob.email, email)).toEqual(['former_emails'])
    expect(await kept()).not.toContain(bob.email)
  })

  test('frees the address', async () => {
    const { bob } = await remembered()
    await bob.api.delete('/v1/users/me')
    expect(created(await api.post('/v1/users', { email: bob.email })).id).not.toBe(bob.id)
  })

  test('can be done by the person themselves, and the deployment’s log says who did', async () => {
    const { bob } = await remembered()
    const { token } = await newSession(bob)
    expect((await as(bearer(token)).delete('/v1/users/me')).status).toBe(204)
    const events = await inAccounts(
      "select actor_id, data from environment_events where type = 'user.deleted' and target_id = ?",
      bob.id,
    )
    expect(events).toEqual([{ actor_id: bob.id, data: '{}' }])
    expectProblem(await as(bearer(token)).delete('/v1/users/me'), 401, 'unauthenticated')
  })

  test('frees the seat', async () => {
    const { team, bob } = await remembered()
    const seats = async () => (await team.owner.api.get(`${team.path}/seats`)).body.used
    const before = await seats()
    await bob.api.delete('/v1/users/me')
    expect(await seats()).toBe(before - 1)
  })

  test('forgets who had left before, too', async () => {
    const { team, bob, name } = await remembered()
    await remove(team, bob)
    await bob.api.delete('/v1/users/me')
    await followed(team)
    expect(await traces(team, name)).toEqual([])
  })
})

describe('the last owner of an organization', () => {
  test('keeps the account, and is told which organizations it is about', async () => {
    const { team, bob } = await remembered()
    const mine = await newOrganization({ name: 'Mine', owner_user_id: bob.id })
    const session = await newSession(bob)
    const answer = await bob.api.delete('/v1/users/me')
    expectProblem(answer, 409, 'last_owner', { organizations: [{ id: mine.id, name: 'Mine' }] })
    expect((await as(bearer(session.token)).get('/v1/users/me/sessions')).status).toBe(200)
    expect((await team.owner.api.get(`${team.path}/members/${bob.memberId}`)).body.status).toBe('active')
  })

  test('may go once it is deleted', async () => {
    const bob = await newUser()
    const mine = await newOrganization({ owner_user_id: bob.id })
    await bob.api.delete(mine.path)
    await followed(mine)
    expect((await bob.api.delete('/v1/users/me')).status).toBe(204)
  })

  test('who became so while the account was being deleted keeps it, and is told', async () => {
    const bob = await newUser()
    const [mine, other] = [await newOrganization({ name: 'Mine' }), await newOrganization()]
    const body = { user_id: bob.id, role: 'owner' }
    created(await api.post(`${mine.path}/members`, body))
    created(await api.post(`${other.path}/members`, { user_id: bob.id }))
    for (const team of [mine, other]) await followed(team)
    const racing = organizationsVia((object, id) => ({
      read: (request) => object.read(request),
      execute: async (request) => {
        if (id === mine.id) await carryOut(mine, { type: 'RemoveMember', memberId: mine.owner.memberId })
        return object.execute(request)
      },
    }))
    const answer = await as(operator, broken({ ORGANIZATION: racing })).delete(`/v1/users/${bob.id}`)
    expectProblem(answer, 409, 'last_owner', { organizations: [{ id: mine.id, name: 'Mine' }] })
    expect((await bob.api.get('/v1/users/me/sessions')).status).toBe(200)
    const { body: members } = await other.owner.api.get(`${other.path}/members`)
    expect(members.data.map(({ user_id }: { user_id: string }) => user_id)).toContain(bob.id)
  })
})

describe('a deletion that dies halfway', () => {
  /** The organization is out of reach while the account is being deleted. */
  async function interrupted(): Promise<Awaited<ReturnType<typeof remembered>>> {
    const remembering = await remembered()
    const lost = Object.assign(new Error('Network connection lost.'), { retryable: true })
    const dying = organizationsVia((object, id) => ({
      read: (request) => object.read(request),
      execute: (request) => (id === remembering.team.id ? Promise.reject(lost) : object.execute(request)),
    }))
    const answer = await as(operator, broken({ ORGANIZATION: dying })).delete(`/v1/users/${remembering.bob.id}`)
    expectProblem(answer, 503, 'unavailable')
    return remembering
  }

  test('lets nobody in any more', async () => {
    const { bob } = await interrupted()
    await expect(newSession(bob)).rejects.toThrow('no account')
    expectProblem(await as(onBehalfOf(bob.id)).get('/v1/users/me/sessions'), 422, 'invalid_request')
  })

  test('changes nothing of the account any more, whoever asks', async () => {
    const { bob } = await interrupted()
    const before = (await api.get(`/v1/users/${bob.id}`)).body
    const eventsOf = () => inAccounts('select type from environment_events where target_id = ?', bob.id)
    const told = await eventsOf()
    const changes = [{ name: 'Robert' }, { email_verified: false }, { email: 'robert@x.test' }, { attributes: {} }]
    for (const change of changes) {
      expectProblem(await api.patch(`/v1/users/${bob.id}`, change), 409, 'account_closing')
    }
    expectInvalid(await bob.api.patch('/v1/users/me', { name: 'Robert' }), 'Muster-On-Behalf-Of')
    expect((await api.get(`/v1/users/${bob.id}`)).body).toEqual(before)
    expect(await eventsOf()).toEqual(told)
  })

  test('is finished by the sweep', async () => {
    const { team, bob, name } = await interrupted()
    await runCron(Date.now() + MINUTE)
    expect((await api.get(`/v1/users/${bob.id}`)).status).toBe(200)
    await runCron(Date.now() + 3 * MINUTE)
    await remove404(bob)
    await followed(team)
    expect(await traces(team, name)).toEqual([])
  })

  test('goes on when it is asked for again', async () => {
    const { bob } = await interrupted()
    expect((await api.delete(`/v1/users/${bob.id}`)).status).toBe(204)
    await remove404(bob)
  })

  test('nobody adds the person to an organization meanwhile', async () => {
    const { bob } = await interrupted()
    const team = await newOrganization()
    for (const body of [{ user_id: bob.id }, { email: bob.email }]) {
      expectProblem(await api.post(`${team.path}/members`, body), 422, 'invalid_request')
    }
  })
})

test('who joins while their account is deleted is forgotten at once', async () => {
  const [team, bob] = [await newOrganization(), await newUser('Bob Fox')]
  await bob.api.delete('/v1/users/me')
  const person = { memberId: team.owner.memberId.replace(/.$/, '0'), userId: bob.id, email: bob.email, name: bob.name }
  await carryOut(team, { type: 'AddMember', person, role: 'member', source: 'added', profile: {} })
  await followSinceRead(env, team.id, { ...bob, revision: 1 })
  await followed(team)
  expect(await traces(team, 'Bob Fox', bob.email)).not.toContain('own members')
})

describe('an invitation', () => {
  test('of which the directory did not know at the deletion is erased later; one made afterwards is not', async () => {
    const [team, other, bob] = [await newOrganization(), await newOrganization(), await newUser()]
    const invite = { email: bob.email, send_email: false }
    const { id } = created(await team.owner.api.post(`${team.path}/invitations`, invite))
    await followed(team)
    await env.DIRECTORY.prepare('delete from invitations where id = ?').bind(id).run()
    expect((await api.delete(`/v1/users/${bob.id}`)).status).toBe(204)
    const later = created(await other.owner.api.post(`${other.path}/invitations`, invite))
    for (const one of [team, other]) {
      await api.post(`${one.path}/rebuild`)
      await followed(one)
    }

    await runCron(Date.now() + MINUTE)

    await followed(team)
    const shown = async (one: Team, which: string) => (await one.owner.api.get(`${one.path}/invitations/${which}`)).body
    expect(await shown(team, id)).toMatchObject({ status: 'canceled', email: erased(bob) })
    expect(await shown(other, later.id)).toMatchObject({ status: 'pending', email: bob.email })
  })

  test('to an email that the person had before is erased, unless it is open and another person may have the email', async () => {
    const [team, open, bob] = [await newOrganization(), await newOrganization(), await newUser()]
    const invite = { email: bob.email, name: 'Zacharias', send_email: false }
    const { id } = created(await team.owner.api.post(`${team.path}/invitations`, invite))
    const kept = created(await open.owner.api.post(`${open.path}/invitations`, invite))
    await team.owner.api.post(`${team.path}/invitations/${id}/cancel`)
    for (const one of [team, open]) await followed(one)
    const moved = await api.patch(`/v1/users/${bob.id}`, { email: `moved-${bob.id}@x.test` })
    expect(moved.status, moved.text).toBe(200)

    expect((await api.delete(`/v1/users/${bob.id}`)).status).toBe(204)

    await followed(team)
    expect(JSON.stringify(await everythingOf(team))).not.toMatch(new RegExp(`${bob.email}|Zacharias`))
    const { body } = await open.owner.api.get(`${open.path}/invitations/${kept.id}`)
    expect(body).toMatchObject({ status: 'pending', email: bob.email })
  })
})

describe('the log afterwards', () => {
  const eventsOf = (lines: readonly string[]) =>
    lines.map((line) => JSON.parse(line)).filter(({ object }) => object === 'event')

  test('is valid, inside and in an export, and shows which entries are redacted', async () => {
    const { team, bob } = await remembered()
    await bob.api.delete('/v1/users/me')
    const lines = await exported(team)
    const events = eventsOf(lines)
    expect(await verification(team)).toMatchObject({ valid: true, verified_up_to: events.length })
    expect(firstBroken(lines)).toBeNull()
    const redacted = events.filter((event) => 'redacted' in event)
    expect(redacted.map(({ type, data }) => [type, data])).toEqual([
      ['invitation.created', { role: 'member', expires_at: expect.any(String) }],
      ['invitation.accepted', { member_id: bob.memberId }],
      ['member.added', { role: 'member', source: 'invitation' }],
      ['member.profile_updated', {}],
      ['member.suspended', {}],
      ['member.reactivated', {}],
    ])
    const gone = { fields: [], salt: null, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }
    expect(redacted.map(({ personal }) => personal)).toEqual(redacted.map(() => gone))
  })

  test('has the hashes that it had before', async () => {
    const { team, bob } = await remembered()
    const before = eventsOf(await exported(team)).map(({ hash }) => hash)
    await bob.api.delete('/v1/users/me')
    expect(
      eventsOf(await exported(team))
        .map(({ hash }) => hash)
        .slice(0, before.length),
    ).toEqual(before)
  })

  const HIDDEN = "type = 'member.suspended'"
  const FORGERIES = [
    ['a redacted entry', `data = json_set(data, '$.role', 'owner')`, HIDDEN],
    ['a redacted entry, by giving it personal data', `personal = '{"email":"eve@x.test"}'`, HIDDEN],
    [
      'a redacted entry, by giving it personal data and a salt',
      `personal = '{"email":"eve@x.test"}', salt = ''`,
      HIDDEN,
    ],
    ['the hash of a redacted entry', `hash = '${'0'.repeat(64)}'`, HIDDEN],
    ['the hash of what was erased', `personal_hash = '${'0'.repeat(64)}'`, HIDDEN],
    ['who is named in a redacted entry', `actor_id = 'usr_eve'`, HIDDEN],
    ['an entry that nobody erased, passed off as redacted', 'personal = null, salt = null', 'seq = 2'],
    ['which entries were erased', `data = '{"erased":[]}'`, "type = 'member.erased'"],
    ['which entries were erased, past reading', `data = '{"erased":7}'`, "type = 'member.erased'"],
  ] as const
  test.each(FORGERIES)('shows when somebody has altered %s', async (_, change, which) => {
    const { team, bob } = await remembered()
    await bob.api.delete('/v1/users/me')
    await tamper(team, `update events set ${change} where ${which}`)
    const verified = await verification(team)
    expect(verified).toMatchObject({ valid: false })
    expect(verified.first_broken_seq).toBe(firstBroken(await exported(team)))
  })

  test('shows when somebody hides an entry behind an erasure that they have added', async () => {
    const { team } = await remembered()
    const hidden = 2
    await tamper(
      team,
      'update events set personal = null, salt = null, data = ? where seq = ?',
      '{"role":"admin"}',
      hidden,
    )
    await tamper(
      team,
      `insert into events (seq, id, type, occurred_at, actor_type, target_type, target_id, data, hash)
       select seq + 1, 'evt_01h455vb4pex5vsknk084sn02q', 'member.erased', occurred_at, 'system', 'member', 'mem_x', ?, hash
       from events order by seq desc limit 1`,
      JSON.stringify({ erased: [hidden] }),
    )
    await tamper(team, 'insert into erased_entries select ?, max(seq) from events', hidden)
    expect(await verification(team)).toMatchObject({ valid: false, first_broken_seq: hidden })
    expect(firstBroken(await exported(team))).toBe(hidden)
  })

  test('is in the organization alone, never in the directory', async () => {
    const { team, name } = await remembered()
    expect(await traces(team, `${name} the Great`)).toEqual(expect.arrayContaining(['own events', 'members']))
    expect(await traces(team, 'member.profile_updated')).toEqual(['own events'])
  })

  test('of somebody with hundreds of entries is redacted to the last one', async () => {
    const { team, bob } = await remembered()
    for (let renaming = 0; renaming < 230; renaming += 1) {
      const profile = { name: `Zebedee the ${renaming}th` }
      await carryOut(team, { type: 'UpdateMember', memberId: bob.memberId, profile })
    }
    await bob.api.delete('/v1/users/me')
    const lines = await exported(team)
    expect(lines.filter((line) => line.includes('Zebedee'))).toEqual([])
    expect(firstBroken(lines)).toBeNull()
    expect(await verification(team)).toMatchObject({ valid: true })
  })
})
