import { beforeAll, describe, expect, test, vi } from 'vitest'
import { keyCaller } from '../support/commands.ts'
import { directoryEquals } from '../support/directory-equals.ts'
import { foundOrganization } from '../support/living-organization.ts'

const RUNS = 200
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
