import { expect, test } from 'vitest'
import { type Act, days } from '../support/commands.ts'
import { activeOwners, countsAreRight, nobodyIsTwice } from '../support/invariants.ts'
import { foundOrganization, type LivingOrganization } from '../support/living-organization.ts'

/* Fired for real: calls over RPC that wait at the object at the same time. */

const atOnce = <T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => call(index)))

const codes = (results: readonly { ok: boolean; error?: { code: string } }[]): string[] =>
  results.map((result) => (result.ok ? 'ok' : (result.error?.code ?? ''))).sort()

async function consistent(acme: LivingOrganization): Promise<void> {
  const rows = await acme.rows()
  countsAreRight(rows)
  nobodyIsTwice(rows)
}

/** The number of the round says who is first, and at which look the clock moves on. */
export function describeRaces(round: number): void {
  test('of fifty invitations at once into ten free seats exactly ten succeed', async () => {
    const acme = await foundOrganization({ seatLimit: 11, owners: ['ann'] })

    const results = await atOnce(50, (index) => acme.execute(acme.say.inviteMember(`guest${index}@x.test`)))

    expect(codes(results)).toEqual([...Array(10).fill('ok'), ...Array(40).fill('seat_limit_reached')].sort())
    expect(await acme.read({ type: 'GetSeats' })).toMatchObject({ value: { used: 11, pending: 10, available: 0 } })
    await consistent(acme)
  })

  test('of everything that takes a seat at once exactly as much succeeds as there is room', async () => {
    const acme = await foundOrganization({ seatLimit: 4, owners: ['ann'], members: ['sue'] })
    await acme.execute(acme.say.suspendMember('sue'))

    await Promise.all([
      acme.execute(acme.say.inviteMember('b@x.test')),
      acme.execute(acme.say.addMember('cat')),
      acme.execute(acme.say.reactivateMember('sue')),
      acme.execute(acme.say.bulkInvite(['d@x.test', 'e@x.test', 'f@x.test'])),
      acme.execute(acme.say.inviteMember('g@x.test')),
    ])

    expect(await acme.read({ type: 'GetSeats' })).toMatchObject({ value: { used: 4, available: 0 } })
    await consistent(acme)
  })

  test.each([
    ['leave', (acme: LivingOrganization, one: string) => acme.execute(acme.say.leave(one))],
    [
      'step down',
      (acme: LivingOrganization, one: string) => acme.execute(acme.say.updateMember(one, { role: 'admin', by: one })),
    ],
    [
      'remove each other',
      (acme: LivingOrganization, one: string, other: string) => acme.execute(acme.say.removeMember(other, { by: one })),
    ],
    [
      'suspend each other',
      (acme: LivingOrganization, one: string, other: string) =>
        acme.execute(acme.say.suspendMember(other, { by: one })),
    ],
  ] as const)('of two owners who %s at once exactly one remains', async (_, act) => {
    const acme = await foundOrganization({ owners: ['ann', 'bob'] })

    const results = await Promise.all([act(acme, 'ann', 'bob'), act(acme, 'bob', 'ann')])

    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(activeOwners(await acme.rows())).toBe(1)
    await consistent(acme)
  })

  test('ten who accept one link at once become one member', async () => {
    const acme = await foundOrganization({ seatLimit: 2, owners: ['ann'] })
    await acme.execute(acme.say.inviteMember('bob@x.test'))

    const results = await atOnce(10, () => acme.execute(acme.say.acceptInvitation('bob')))

    expect(new Set(results.map((result) => result.ok && result.value.member.id)).size).toBe(1)
    expect(codes(results)).toEqual(Array(10).fill('ok'))
    const { members, events } = await acme.rows()
    expect(members.map(({ status }) => status)).toEqual(['active', 'active'])
    expect(events.filter(({ type }) => type === 'invitation.accepted')).toHaveLength(1)
    await consistent(acme)
  })

  test.each(['accept first', 'cancel first'])(
    'of accepting and canceling at once exactly one wins (%s)',
    async (order) => {
      const acme = await foundOrganization({ owners: ['ann'] })
      await acme.execute(acme.say.inviteMember('bob@x.test'))
      const accept = () => acme.execute(acme.say.acceptInvitation('bob'))
      const cancel = () => acme.execute(acme.say.cancelInvitation('bob@x.test'))

      const results = await Promise.all(order === 'accept first' ? [accept(), cancel()] : [cancel(), accept()])

      expect(results.filter(({ ok }) => ok)).toHaveLength(1)
      const { members, invitations } = await acme.rows()
      expect([invitations[0]?.status, members.length]).toBeOneOf([
        ['accepted', 2],
        ['canceled', 1],
      ])
      await consistent(acme)
    },
  )

  test.each(['cancel', 'resend', 'neither'] as const)(
    'at the millisecond of its end an invitation is accepted, or swept, or else (%s): one of them',
    async (rival) => {
      const acme = await foundOrganization({ seatLimit: 2, owners: ['ann'] })
      const expiresAt = Date.now() + days(1)
      await acme.execute(acme.say.inviteMember('bob@x.test', { expiresAt }))
      // The millisecond passes somewhere in the middle of these.
      let looks = 0
      await acme.seams({ clock: () => (looks++ < round % 7 ? expiresAt - 1 : expiresAt) })
      const acts: readonly (readonly [string, Act])[] = [
        ['accept', acme.say.acceptInvitation('bob')],
        ['sweep', acme.say.expireInvitations()],
        ['invite', acme.say.inviteMember('cat@x.test')],
        ...{
          cancel: [['rival', acme.say.cancelInvitation('bob@x.test')] as const],
          resend: [['rival', acme.say.resendInvitation('bob@x.test')] as const],
          neither: [],
        }[rival],
      ]
      const done = new Map<string, boolean>()
      const shift = round % acts.length
      await Promise.all(
        [...acts.slice(shift), ...acts.slice(0, shift)].map(async ([name, act]) =>
          done.set(name, (await acme.execute(act)).ok),
        ),
      )
      await acme.execute(acme.say.expireInvitations())

      const { events, members } = await acme.rows()
      const fate = events.filter(({ target_id }) => target_id === acme.ids.invitation('bob@x.test')).slice(1)
      expect(fate.map(({ type }) => String(type).replace('invitation.', '')).join()).toBeOneOf([
        ...['accepted', 'expired'],
        ...{ cancel: ['canceled'], resend: ['resent', 'expired,resent'], neither: [] }[rival],
      ])
      const has = (type: string) => fate.some((one) => one.type === `invitation.${type}`)
      for (const { type, occurred_at } of fate) {
        if (type !== 'invitation.resent') expect(Number(occurred_at) < expiresAt).toBe(type !== 'invitation.expired')
      }
      expect([done.get('accept'), members.length]).toEqual([has('accepted'), has('accepted') ? 2 : 1])
      if (rival !== 'neither') expect(done.get('rival')).toBe(has('canceled') || has('resent'))

      const used = 1 + [has('accepted') || has('resent'), done.get('invite')].filter(Boolean).length
      expect(await acme.read({ type: 'GetSeats' })).toMatchObject({ value: { used, available: 2 - used } })
      expect((await acme.execute(acme.say.inviteMember('dan@x.test'))).ok).toBe(used < 2)
      await consistent(acme)
    },
  )

  test('an address invited ten times at once has one pending invitation, and all others are told which', async () => {
    const acme = await foundOrganization({ owners: ['ann'] })

    const results = await atOnce(10, (index) =>
      acme.execute(acme.say.inviteMember('bob@x.test', { invitationId: `inv_${acme.id}${index}` })),
    )

    const [winner] = results.flatMap((result) => (result.ok ? [result.value.id] : []))
    expect(codes(results)).toEqual([...Array(9).fill('already_invited'), 'ok'])
    expect(results.filter((result) => !result.ok).map((result) => !result.ok && result.error)).toEqual(
      Array(9).fill({ code: 'already_invited', invitationId: winner }),
    )
    expect((await acme.rows()).invitations).toHaveLength(1)
    await consistent(acme)
  })

  test('of ten transfers of single ownership at once the outcome is one owner', async () => {
    const heirs = ['b', 'c', 'd', 'e', 'f']
    const acme = await foundOrganization({ ownership: 'single', owners: ['ann'], members: heirs })

    await atOnce(10, (index) =>
      acme.execute(
        acme.say.transferOwnership(heirs[index % heirs.length] ?? 'b', { by: index < 5 ? 'ann' : 'operator' }),
      ),
    )

    expect(activeOwners(await acme.rows())).toBe(1)
    await consistent(acme)
  })

  test('of a lowered limit and invitations at once none gets in after it', async () => {
    const acme = await foundOrganization({ seatLimit: 10, owners: ['ann'] })

    const lowering = () => acme.execute(acme.say.updateOrganization({ seatLimit: 2 }))
    const inviting = (index: number) => acme.execute(acme.say.inviteMember(`guest${index}@x.test`))

    await Promise.all([...[0, 1, 2, 3].map(inviting), lowering(), ...[4, 5, 6, 7].map(inviting)])

    const { events } = await acme.rows()
    const lowered = events.findIndex(({ type }) => type === 'seat_limit.changed')
    const invited = events.flatMap(({ type }, index) => (type === 'invitation.created' ? [index] : []))
    expect(lowered).toBeGreaterThan(0)
    expect(invited.filter((index) => index > lowered).length).toBeLessThanOrEqual(lowered === 2 ? 1 : 0)
    await consistent(acme)
  })

  test('the log of concurrent commands has no gap', async () => {
    const acme = await foundOrganization({ owners: ['ann'] })
    await atOnce(20, (index) =>
      acme.execute(acme.say.inviteMember(`guest${index}@x.test`, { expiresAt: Date.now() + days(1) })),
    )
    expect((await acme.rows()).events.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 22 }, (_, index) => index + 1),
    )
  })
}
