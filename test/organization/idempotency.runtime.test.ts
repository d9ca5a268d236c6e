import { describe, expect, test } from 'vitest'
import { days, minutes, noon } from '../support/commands.ts'
import { foundOrganization } from '../support/living-organization.ts'

const once = { key: 'a hash of credential, route and key', fingerprint: 'a hash of the request' }
const ROUNDS = [{ round: 1 }, { round: 2 }]

describe.each(ROUNDS)('round $round', () => {
  test('the same request twenty times at once has one effect, and all get the same answer', async () => {
    const acme = await foundOrganization({ owners: ['ann'] })

    const results = await Promise.all(
      Array.from({ length: 20 }, () => acme.execute(acme.say.inviteMember('bob@x.test'), { idempotency: once })),
    )

    const [first] = results
    expect(new Set(results.map((result) => JSON.stringify({ ...result, replayed: null }))).size).toBe(1)
    expect(first).toMatchObject({ ok: true, value: { email: 'bob@x.test' }, revision: 2 })
    expect(results.filter((result) => result.ok && !result.replayed)).toHaveLength(1)
    const { invitations, ledger } = await acme.rows()
    expect([invitations.length, ledger.revision, ledger.mail_count]).toEqual([1, 2, 1])
  })
})

const another = { ...once, fingerprint: 'a hash of another request' }

test('another request under the same key is refused and has no effect', async () => {
  const acme = await foundOrganization({ owners: ['ann'] })
  await acme.execute(acme.say.inviteMember('bob@x.test'), { idempotency: once })

  const other = await acme.execute(acme.say.inviteMember('cat@x.test'), { idempotency: another })

  expect(other).toEqual({ ok: false, error: { code: 'idempotency_key_reused' }, revision: 2 })
  expect((await acme.rows()).invitations).toHaveLength(1)
})

test('the first answer comes again although the organization has moved on since', async () => {
  const acme = await foundOrganization({ owners: ['ann'] })
  const first = await acme.execute(acme.say.inviteMember('bob@x.test'), { idempotency: once })
  await acme.execute(acme.say.cancelInvitation('bob@x.test'))

  const again = await acme.execute(acme.say.inviteMember('bob@x.test'), { idempotency: once, ifRevision: 9 })

  expect(again).toEqual({ ...first, replayed: true })
})

test('it all holds after the object has left memory', async () => {
  const acme = await foundOrganization({ owners: ['ann'] })
  const first = await acme.execute(acme.say.inviteMember('bob@x.test'), { idempotency: once })

  await acme.evict()

  const again = await acme.execute(acme.say.inviteMember('bob@x.test'), { idempotency: once })
  const other = await acme.execute(acme.say.inviteMember('cat@x.test'), { idempotency: another })
  expect(again).toEqual({ ...first, replayed: true })
  expect(other).toMatchObject({ error: { code: 'idempotency_key_reused' } })
})

test('a refusal is not kept: the same request may succeed later', async () => {
  const acme = await foundOrganization({ seatLimit: 1, owners: ['ann'] })
  const refused = await acme.execute(acme.say.inviteMember('bob@x.test'), { idempotency: once })
  await acme.execute(acme.say.updateOrganization({ seatLimit: 2 }))

  const accepted = await acme.execute(acme.say.inviteMember('bob@x.test'), { idempotency: once })

  expect(refused).toMatchObject({ ok: false, error: { code: 'seat_limit_reached' } })
  expect(accepted).toMatchObject({ ok: true, replayed: false })
})

test('a request that changed nothing is kept too', async () => {
  const acme = await foundOrganization({ owners: ['ann'] })
  const unchanged = acme.say.updateOrganization({ name: 'Acme' })
  const first = await acme.execute(unchanged, { idempotency: once })

  await acme.execute(acme.say.updateOrganization({ name: 'Apex' }))

  expect(await acme.execute(unchanged, { idempotency: once })).toEqual({ ...first, replayed: true })
})

test('an answer is kept for twenty-four hours and not a millisecond longer', async () => {
  let now = noon
  const acme = await foundOrganization({ owners: ['ann'], seams: { clock: () => now } })
  await acme.execute(acme.say.inviteMember('bob@x.test'), { idempotency: once })

  now = noon + days(1) - 1
  const within = await acme.execute(acme.say.inviteMember('bob@x.test'), { idempotency: once })
  now = noon + days(1)
  const after = await acme.execute(acme.say.inviteMember('bob@x.test'), { idempotency: once })

  expect(within).toMatchObject({ ok: true, replayed: true })
  expect(after).toMatchObject({ ok: false, error: { code: 'already_invited' } })
})

test('answers that have had their time are dropped without a sweep', async () => {
  let now = noon
  const acme = await foundOrganization({ owners: ['ann'], seams: { clock: () => now } })
  for (let index = 0; index < 5; index += 1) {
    await acme.execute(acme.say.updateOrganization({ name: `${index}` }), { idempotency: { ...once, key: `${index}` } })
  }

  now = noon + days(1) + minutes(1)
  await acme.execute(acme.say.updateOrganization({ name: 'last' }), { idempotency: { ...once, key: 'last' } })

  const kept = await acme.inside((_, { sql }) => sql.exec('select key from idempotency').toArray())
  expect(kept).toEqual([{ key: 'last' }])
})

test('answers that have had their time are dropped when cron wakes an organization in which nothing happens', async () => {
  let now = noon
  const acme = await foundOrganization({ owners: ['ann'], seams: { clock: () => now } })
  await acme.execute(acme.say.inviteMember('bob@x.test'), { idempotency: once })

  now = noon + days(1)
  await acme.wake()

  expect(await acme.inside((_, { sql }) => sql.exec('select key from idempotency').toArray())).toEqual([])
})

describe('a write on condition of a revision', () => {
  test('is refused when its resource has changed, with the current revision of that, and changes nothing', async () => {
    const acme = await foundOrganization({ owners: ['ann'], members: ['bob'] })
    const refused = await acme.execute(acme.say.suspendMember('bob'), { ifRevision: 1 })

    expect(refused).toEqual({ ok: false, error: { code: 'revision_mismatch', revision: 2 }, revision: 2 })
    expect((await acme.rows()).members.map(({ status }) => status)).toEqual(['active', 'active'])
  })
  test('does not care about other changes of the organization', async () => {
    const acme = await foundOrganization({ owners: ['ann'], members: ['bob'] })
    await acme.execute(acme.say.updateOrganization({ name: 'Apex' }))
    expect(await acme.execute(acme.say.suspendMember('bob'), { ifRevision: 2 })).toMatchObject({
      ok: true,
      revision: 4,
      rowRevision: 4,
    })
  })
  test('tells a stranger nothing of the revision, nor that there is such an organization', async () => {
    const acme = await foundOrganization({ owners: ['ann'] })

    const asked = await acme.execute(acme.say.updateOrganization({ name: 'No', by: 'stranger' }), { ifRevision: 7 })

    expect(asked).toMatchObject({ ok: false, error: { code: 'not_found', resource: 'organization' } })
  })
  test('is carried out once when many hold the same revision', async () => {
    const acme = await foundOrganization({ owners: ['ann'] })

    const results = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => acme.execute(acme.say.updateOrganization({ name }), { ifRevision: 1 })),
    )

    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
  })
})
