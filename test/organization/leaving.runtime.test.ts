import { beforeAll, describe, expect, test, vi } from 'vitest'
import { INVITATIONS_ENDED_AT_ONCE } from '../../src/membership/departure.ts'
import { MAX_BULK_ROWS } from '../../src/membership/invitation.ts'
import { keyCaller } from '../support/commands.ts'
import { directoryEquals, settled } from '../support/directory-equals.ts'
import { foundOrganization, WHOLE_LOG } from '../support/living-organization.ts'

const RUNS = 20
const rounds = Array.from({ length: RUNS }, (_, index) => index)

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

const code = (result: { ok: true } | { ok: false; error: { code: string } }) => (result.ok ? 'ok' : result.error.code)

describe('a race', () => {
  test(`of removal against acceptance of what the removed person sent: in ${RUNS} runs nobody is in after it`, async () => {
    const acme = await foundOrganization({ owners: ['ann'] })
    const seen = new Set<string>()
    const entered: number[] = []
    for (const round of rounds) {
      const [maker, guest] = [`maker${round}`, `private${round}`]
      await acme.execute(acme.say.addMember(maker, { role: 'owner' }))
      await acme.execute(acme.say.inviteMember(`${guest}@x.test`, { role: 'owner', by: maker }))
      const remove = () => acme.execute(acme.say.removeMember(maker, { by: 'ann' }))
      const accept = () => acme.execute(acme.say.acceptInvitation(guest))

      const [removed, accepted] =
        round % 2 === 0
          ? await Promise.all([remove(), accept()])
          : (await Promise.all([accept(), remove()])).toReversed()

      seen.add(`${code(removed as never)} ${code(accepted as never)}`)
      if (accepted?.ok === true) entered.push(round)
    }
    expect([...seen].sort()).toEqual(['ok invitation_canceled', 'ok ok'])
    const { events } = await acme.rows()
    const seqOf = (type: string, id: string) =>
      Number(events.find((event) => event.type === type && event.target_id === id)?.seq)
    for (const round of entered) {
      const accepted = seqOf('invitation.accepted', acme.ids.invitation(`private${round}@x.test`))
      expect(accepted).toBeLessThan(seqOf('member.removed', acme.ids.person(`maker${round}`).memberId))
    }
  })

  test(`of demotion against creation of a key: in ${RUNS} runs no key of the demoted person manages anything`, async () => {
    const acme = await foundOrganization({ owners: ['ann'] })
    const outcomes = new Set<string>()
    for (const round of rounds) {
      const maker = `maker${round}`
      await acme.execute(acme.say.addMember(maker, { role: 'admin' }))
      const demote = () => acme.execute(acme.say.updateMember(maker, { role: 'member', by: 'ann' }))
      const create = () => acme.execute(acme.say.createApiKey(`k${round}`, ['members:manage'], { by: maker }))
      await Promise.all(round % 2 === 0 ? [demote(), create()] : [create(), demote()])

      const used = await acme.execute(acme.say.inviteMember(`x${round}@x.test`, { by: keyCaller(`k${round}`) }))
      outcomes.add(code(used))
    }
    expect([...outcomes]).toEqual(['unauthenticated'])
    expect((await acme.rows()).api_keys.filter((row) => row.revoked_at === null)).toEqual([])
  })
})

describe('what the object keeps in memory of a key', () => {
  const invite = (acme: Awaited<ReturnType<typeof foundOrganization>>, email: string) =>
    acme.execute(acme.say.inviteMember(email, { by: keyCaller('ci') })).then(code)

  test('follows its maker: on hold while suspended, ended once removed', async () => {
    const acme = await foundOrganization({ owners: ['ann', 'olga'] })
    await acme.execute(acme.say.createApiKey('ci', ['members:manage'], { by: 'olga' }))
    expect(await invite(acme, 'a@x.test')).toBe('ok')
    await acme.execute(acme.say.suspendMember('olga', { by: 'ann' }))
    expect(await invite(acme, 'b@x.test')).toBe('maker_suspended')
    expect(await acme.read({ type: 'ListRoles' }, keyCaller('ci'))).toMatchObject({
      ok: false,
      error: { code: 'maker_suspended' },
    })
    await acme.execute(acme.say.reactivateMember('olga', { by: 'ann' }))
    expect(await invite(acme, 'b@x.test')).toBe('ok')
    await acme.execute(acme.say.removeMember('olga', { by: 'ann' }))
    expect(await invite(acme, 'c@x.test')).toBe('unauthenticated')
  })
  test('follows a role that its maker moves out of when that role is deleted', async () => {
    const acme = await foundOrganization({ owners: ['ann'], members: ['lou'] })
    const permissions = ['members:read', 'members:manage', 'api_keys:manage'] as const
    await acme.execute(acme.say.createRole('lead', permissions))
    await acme.execute(acme.say.updateMember('lou', { role: 'lead' }))
    await acme.execute(acme.say.createApiKey('ci', ['members:manage'], { by: 'lou' }))
    expect(await invite(acme, 'a@x.test')).toBe('ok')
    await acme.execute(acme.say.deleteRole('lead', { reassignTo: 'member' }))
    expect(await invite(acme, 'b@x.test')).toBe('unauthenticated')
  })
  test('rests on the person who keeps it', async () => {
    const acme = await foundOrganization({ owners: ['ann', 'olga', 'eve'] })
    await acme.execute(acme.say.createApiKey('ci', ['members:manage'], { by: 'olga' }))
    expect(await invite(acme, 'a@x.test')).toBe('ok')
    await acme.execute(acme.say.removeMember('olga', { by: 'ann', keep: 'all' }))
    expect(await invite(acme, 'b@x.test')).toBe('ok')
    await acme.execute(acme.say.suspendMember('ann', { by: 'eve' }))
    expect(await invite(acme, 'c@x.test')).toBe('maker_suspended')
  })
})

test('a notice to owners goes to the queue once per owner, under ids of their own', async () => {
  const acme = await foundOrganization({ owners: ['ann', 'eve', 'olga'] })
  const queued: unknown[] = []
  const aboutKeys = (message: object) =>
    'subject' in message && JSON.stringify(message.subject).includes('keys_to_rotate')
  await acme.seams({ enqueue: async (messages) => void queued.push(...messages.filter(aboutKeys)) })
  await acme.execute(acme.say.createApiKey('sync', ['members:read'], { by: 'olga' }))
  await acme.execute(acme.say.removeMember('olga', { by: 'ann' }))
  await expect.poll(() => queued.length).toBe(2)
  expect(queued).toMatchObject([
    { kind: 'notice', email: 'ann@x.test', subject: { about: 'keys_to_rotate', keys: [{ name: 'sync' }] } },
    { kind: 'notice', email: 'eve@x.test' },
  ])
  expect(new Set(queued.map((message) => (message as { id: string }).id)).size).toBe(2)
})

test('whoever holds a managing role in numbers loses what they made, and the directory learns so', async () => {
  const acme = await foundOrganization({ owners: ['ann'], members: ['lou', 'liz'] })
  await acme.execute(acme.say.createRole('lead', ['members:read', 'members:manage']))
  for (const name of ['lou', 'liz']) {
    await acme.execute(acme.say.updateMember(name, { role: 'lead' }))
    await acme.execute(acme.say.inviteMember(`${name}-guest@x.test`, { by: name }))
  }
  await acme.execute(acme.say.inviteMember('ann-guest@x.test', { by: 'ann', role: 'lead' }))
  await acme.execute(acme.say.updateRole('lead', { permissions: ['members:read'] }))
  const { invitations } = await acme.rows()
  expect(Object.fromEntries(invitations.map(({ email, status }) => [email, status]))).toEqual({
    'lou-guest@x.test': 'canceled',
    'liz-guest@x.test': 'canceled',
    'ann-guest@x.test': 'pending',
  })
  await expect.poll(() => directoryEquals(acme).then(() => true)).toBe(true)
})

describe('more invitations than one step logs', () => {
  const COUNT = INVITATIONS_ENDED_AT_ONCE + 500

  async function inviting(role = 'member') {
    const acme = await foundOrganization({ owners: ['ann', 'olga'] })
    for (let first = 0; first < COUNT; first += MAX_BULK_ROWS) {
      const rows = Array.from({ length: Math.min(MAX_BULK_ROWS, COUNT - first) }, (_, index) => ({
        email: `n${first + index}@x.test`,
        role,
      }))
      expect(code(await acme.execute(acme.say.bulkInvite(rows, { by: 'olga' })))).toBe('ok')
    }
    return acme
  }

  test('all end in the same step, for good, and the log mentions each once, in the name of who ended them', async () => {
    const acme = await inviting()
    expect(code(await acme.execute(acme.say.removeMember('olga', { by: 'ann' })))).toBe('ok')
    const { invitations, ledger } = await acme.rows()
    expect(new Set(invitations.map(({ status }) => status))).toEqual(new Set(['canceled']))
    expect(ledger.pending_invitations).toBe(0)
    await acme.execute(acme.say.addMember('olga', { role: 'owner' }))
    expect(code(await acme.execute(acme.say.acceptInvitation(`n${COUNT - 1}`)))).toBe('invitation_canceled')

    await settled(acme)
    const { events } = await acme.rows()
    const entries = events.filter(({ type }) => type === 'invitation.canceled')
    expect(new Set(entries.map(({ target_id }) => target_id)).size).toBe(COUNT)
    expect(entries).toHaveLength(COUNT)
    const [first] = entries
    expect(entries.at(-1)).toMatchObject({ actor_type: 'user', actor_id: first?.actor_id, data: first?.data })
    expect(await acme.read(WHOLE_LOG)).toMatchObject({ ok: true, value: { firstBrokenSeq: null } })
    await directoryEquals(acme)
  })
  test('do not hide the one that a new role cannot make', async () => {
    const acme = await inviting()
    await acme.execute(acme.say.inviteMember('private@x.test', { role: 'owner', by: 'olga' }))
    await acme.execute(acme.say.updateMember('olga', { role: 'admin', by: 'ann' }))
    const { invitations } = await acme.rows()
    const canceled = invitations.filter(({ status }) => status === 'canceled')
    expect(canceled).toMatchObject([{ email: 'private@x.test', role: 'owner' }])
  })
  test('into a role that is deleted end with it', async () => {
    const acme = await foundOrganization({ owners: ['ann'], members: ['lou'] })
    await acme.execute(acme.say.createRole('lead', ['members:read', 'members:manage', 'admins:manage']))
    await acme.execute(acme.say.updateMember('lou', { role: 'lead' }))
    const rows = Array.from({ length: MAX_BULK_ROWS }, (_, index) => ({ email: `n${index}@x.test`, role: 'lead' }))
    await acme.execute(acme.say.bulkInvite(rows, { by: 'lou' }))
    await acme.execute(acme.say.inviteMember('last@x.test', { by: 'lou', role: 'lead' }))
    await acme.execute(acme.say.inviteMember('ann-guest@x.test', { by: 'ann', role: 'lead' }))
    expect(code(await acme.execute(acme.say.deleteRole('lead', { reassignTo: 'member', by: 'ann' })))).toBe('ok')
    const { invitations, ledger } = await acme.rows()
    expect(invitations.filter(({ status }) => status === 'pending')).toMatchObject([{ email: 'ann-guest@x.test' }])
    expect(ledger.pending_invitations).toBe(1)
  })
})

test('widening a role leaves the invitations into it with their makers', async () => {
  const acme = await foundOrganization({ owners: ['ann', 'eve', 'olga'] })
  await acme.execute(acme.say.createRole('guest', ['members:read']))
  await acme.execute(acme.say.inviteMember('operator-guest@x.test', { role: 'guest' }))
  for (const by of ['eve', 'olga']) {
    await acme.execute(acme.say.inviteMember(`${by}-guest@x.test`, { role: 'guest', by }))
  }
  await acme.execute(acme.say.suspendMember('olga', { by: 'ann' }))
  await acme.execute(acme.say.updateRole('guest', { permissions: ['members:read', 'billing:manage'], by: 'ann' }))
  const { invitations } = await acme.rows()
  const id = (name: string) => acme.ids.person(name).userId
  expect(Object.fromEntries(invitations.map(({ email, maker_id }) => [email, maker_id]))).toEqual({
    'operator-guest@x.test': null,
    'eve-guest@x.test': id('eve'),
    'olga-guest@x.test': id('olga'),
  })
})
