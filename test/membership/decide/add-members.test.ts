import { describe, expect, test } from 'vitest'
import type { Caller } from '../../../src/membership/actor.ts'
import type { Ending, MemberSource } from '../../../src/membership/member.ts'
import { days, noon } from '../../support/commands.ts'
import {
  addMember,
  addMembers,
  admin,
  allowReturn,
  ids,
  invitation,
  leave,
  member,
  organization,
  owner,
  reactivateMember,
  removeMember,
  role,
  suspendMember,
} from '../../support/facts.ts'
import {
  answers,
  check,
  event,
  given,
  invitationIs,
  memberIs,
  notAMember,
  nothingNew,
  rejected,
  seatsAre,
} from '../../support/given.ts'

const acme = [organization(), owner('ann')]
const directory = (connectionId: string): Caller => ({ type: 'system', process: 'scim', connectionId })
const byDirectory = directory('dir_one')
const AUTOMATIC: readonly MemberSource[] = ['domain', 'sso', 'scim']

const outcomes = (...expected: readonly string[]) =>
  check(({ answer }) => {
    const results = answer.ok ? answer.value : answer.error
    expect((results as { results: { outcome: string }[] }).results.map(({ outcome }) => outcome)).toEqual(expected)
  })

describe('many people at once', () => {
  test('become members in the order given, each with an event and a result', () => {
    given(...acme)
      .when(addMembers(['bob', { who: 'cat', role: 'admin', externalId: 'e-7' }], { source: 'scim' }))
      .then(
        event('member.added', { email: 'bob@x.test', role: 'member', source: 'scim' }),
        event('member.added', { email: 'cat@x.test', role: 'admin', source: 'scim', external_id: 'e-7' }),
        memberIs('bob', { status: 'active', source: 'scim', externalIds: {} }),
        memberIs('cat', { status: 'active', role: 'admin', externalIds: { operator: 'e-7' } }),
        answers({
          results: [
            { userId: 'usr_bob', email: 'bob@x.test', outcome: 'added', memberId: 'mem_bob' },
            { userId: 'usr_cat', email: 'cat@x.test', outcome: 'added', memberId: 'mem_cat' },
          ],
          seats: { used: 3 },
        }),
      )
  })

  test('are the same afterwards if they are sent again', () => {
    const rows = ['bob', { who: 'cat', role: 'admin', externalId: 'e-7' }, { who: 'dan', active: false }]
    given(...acme, member('eve', { status: 'removed' }), invitation('bob@x.test'))
      .when(addMembers([...rows, 'eve']), addMembers([...rows, 'eve']))
      .then(nothingNew(), outcomes('unchanged', 'unchanged', 'unchanged', 'unchanged'))
  })

  test('take the seats that are free, those with an invitation the seat of the invitation', () => {
    given(organization({ seatLimit: 3 }), owner('ann'), invitation('dan@x.test'))
      .when(addMembers(['bob', 'cat', 'dan', { who: 'eve', active: false }]))
      .then(
        event('member.added', { email: 'bob@x.test' }),
        event('invitation.accepted', { member_id: 'mem_dan' }),
        event('member.added', { email: 'dan@x.test' }),
        event('member.added', { email: 'eve@x.test', status: 'suspended' }),
        outcomes('added', 'seat_limit_reached', 'added', 'added'),
        invitationIs('dan@x.test', { status: 'accepted', memberId: 'mem_dan' }),
        notAMember('cat'),
        seatsAre({ used: 3, active: 3, pending: 0 }),
      )
  })

  test('are treated row by row: a seat that an inactive arrival frees is there for the next row', () => {
    given(organization({ seatLimit: 2 }), owner('ann'), invitation('bob@x.test'))
      .when(addMembers([{ who: 'bob', active: false }, 'cat']))
      .then(
        event('invitation.accepted'),
        event('member.added', { status: 'suspended' }),
        event('member.added', { email: 'cat@x.test' }),
        seatsAre({ used: 2 }),
      )
  })

  test('get each an outcome of their own', () => {
    const held = { ...ids.person('gil'), email: 'bob@x.test' }
    given(...acme, member('bob'), admin('cat'), member('fay', { externalIds: { operator: 'e-1' } }))
      .when(
        addMembers([
          'bob',
          { who: 'cat', role: 'member' },
          { who: 'dan', role: 'ghost' },
          { who: 'eve', externalId: 'e-1' },
          { who: 'gil', person: held },
          { who: 'bob', active: false },
          { unusable: 'invalid_email', email: 'nothing', userId: null },
          { unusable: 'user_not_found', email: null, userId: 'usr_gone' },
        ]),
      )
      .then(
        nothingNew(),
        outcomes(
          'unchanged',
          'already_member',
          'role_not_allowed',
          'external_id_taken',
          'already_member',
          'already_member',
          'invalid_email',
          'user_not_found',
        ),
      )
  })

  test('who are named twice are one member', () => {
    const other = { ...ids.person('bob2'), email: 'bob@x.test' }
    given(...acme)
      .when(addMembers(['bob', 'bob', { who: 'bob2', person: other }, { who: 'bob', role: 'admin' }]))
      .then(event('member.added'), outcomes('added', 'unchanged', 'already_member', 'already_member'))
  })

  test('give single ownership to one of them', () => {
    given(organization({ ownership: 'single' }))
      .when(
        addMembers([
          { who: 'bob', role: 'owner' },
          { who: 'cat', role: 'owner' },
        ]),
      )
      .then(event('member.added', { role: 'owner' }), outcomes('added', 'single_owner'))
  })

  test('in mode all are added all or not at all', () => {
    const rows = ['bob', { who: 'cat', role: 'ghost' }]
    given(...acme)
      .when(addMembers(rows, { mode: 'all' }))
      .then(
        rejected('arrivals_refused', {
          results: [
            { outcome: 'added', memberId: null },
            { outcome: 'role_not_allowed', memberId: null },
          ],
          seats: { used: 1 },
        }),
        notAMember('bob'),
      )
    given(...acme, member('cat'))
      .when(addMembers(['bob', 'cat'], { mode: 'all' }))
      .then(event('member.added', { email: 'bob@x.test' }), outcomes('added', 'unchanged'))
  })

  test('in a dry run get the same outcomes, and nothing changes', () => {
    given(organization({ seatLimit: 2 }), owner('ann'), member('dan', { status: 'removed' }))
      .when(addMembers(['bob', 'cat', 'dan'], { dryRun: true, source: 'domain' }))
      .then(
        nothingNew(),
        outcomes('added', 'seat_limit_reached', 'removed_by_admin'),
        answers({ results: [{ memberId: null }, { memberId: null }, { memberId: 'mem_dan' }], seats: { used: 2 } }),
      )
  })

  test.each([owner('bob'), admin('bob'), member('bob')])('are not added by anybody in the organization', (bob) => {
    given(...acme, bob)
      .when(addMembers(['cat'], { by: 'bob' }))
      .then(rejected('forbidden', { permission: 'operator' }))
  })

  test('are not added by people of other organizations, who learn nothing', () => {
    given(...acme)
      .when(addMembers(['cat'], { by: 'zoe' }))
      .then(rejected('not_found'))
  })
})

describe('an inactive arrival', () => {
  test('is a suspended member without a seat, also in a full organization', () => {
    given(organization({ seatLimit: 1 }), owner('ann'))
      .when(addMember('bob', { active: false }))
      .then(
        event('member.added', { status: 'suspended' }),
        memberIs('bob', { status: 'suspended' }),
        seatsAre({ used: 1 }),
      )
  })

  test('takes a seat when they become active, or is refused', () => {
    const inactive = member('bob', { status: 'suspended', ending: { by: 'scim', connectionId: 'dir_one' } })
    given(organization({ seatLimit: 1 }), owner('ann'), inactive)
      .when(addMembers(['bob'], { by: byDirectory, source: 'scim' }))
      .then(nothingNew(), outcomes('seat_limit_reached'))
    given(organization({ seatLimit: 2 }), owner('ann'), inactive)
      .when(addMembers(['bob'], { by: byDirectory, source: 'scim' }))
      .then(
        event('member.reactivated'),
        outcomes('reactivated'),
        memberIs('bob', { status: 'active', ending: null }),
        seatsAre({ used: 2 }),
      )
  })

  test('does not make a second owner when they become active', () => {
    given(organization({ ownership: 'single' }), owner('ann'), owner('bob', { status: 'suspended' }))
      .when(addMembers([{ who: 'bob', role: 'owner' }]))
      .then(nothingNew(), outcomes('single_owner'))
  })
})

describe('what somebody has decided', () => {
  const decisions: readonly [string, Ending | null][] = [
    ['a person', { by: 'person', connectionId: null }],
    ['nobody knows who', null],
    ['another directory', { by: 'scim', connectionId: 'dir_two' }],
    ['themselves', { by: 'themselves', connectionId: null }],
  ]

  describe.each(AUTOMATIC)('is not undone by an arrival through %s', (source) => {
    const by: Caller = { type: 'system', process: source as 'scim', connectionId: 'dir_one' }

    test.each(decisions)('who was removed by %s stays removed, and the first attempt is recorded', (_, ending) => {
      const arriving = addMembers(['bob'], { source, by })
      given(...acme, member('bob', { status: 'removed', ending }))
        .when(arriving)
        .then(
          event('member.return_refused', { email: 'bob@x.test', source }),
          outcomes('removed_by_admin'),
          check(({ store }) => {
            expect(store.member('mem_bob')).toMatchObject({
              status: 'removed',
              ending: { attempt: { source, at: noon } },
            })
          }),
        )
      given(...acme, member('bob', { status: 'removed', ending }))
        .when(arriving, addMembers(['bob'], { source, by, now: noon + days(1) }))
        .then(nothingNew(), outcomes('removed_by_admin'))
    })
    test.each(decisions)('who was suspended by %s stays suspended', (_, ending) => {
      given(...acme, member('bob', { status: 'suspended', ending }))
        .when(addMembers(['bob'], { source, by }))
        .then(nothingNew(), outcomes('suspended_by_admin'))
    })
    test('who declined an invitation is not added', () => {
      given(...acme, invitation('bob@x.test', { status: 'declined' }))
        .when(addMembers(['bob'], { source, by }))
        .then(nothingNew(), outcomes('invitation_declined'), notAMember('bob'))
    })
    test('unless they are invited again', () => {
      const pending = invitation('bob@x.test')
      const before = invitation('bob@x.test', { id: 'inv_before', status: 'declined' })
      given(...acme, before, pending)
        .when(addMembers(['bob'], { source, by }))
        .then(event('invitation.accepted'), event('member.added', { source }), outcomes('added'))
      given(...acme, member('bob', { status: 'removed' }), pending)
        .when(addMembers(['bob'], { source, by }))
        .then(event('invitation.accepted'), event('member.added', { source }), outcomes('returned'))
    })
    test('and an invitation on hold does not count', () => {
      const held = invitation('bob@x.test', { makerId: 'usr_dan' })
      given(...acme, admin('dan', { status: 'suspended' }), member('bob', { status: 'removed' }), held)
        .when(addMembers(['bob'], { source, by }))
        .then(event('member.return_refused'), outcomes('removed_by_admin'))
    })
    test('unless an admin allows it once', () => {
      given(...acme, admin('dan'), member('bob', { status: 'removed' }))
        .when(allowReturn('bob', { by: 'dan' }), addMembers(['bob'], { source, by }))
        .then(
          event('member.added', { source }),
          outcomes('returned'),
          memberIs('bob', { status: 'active', ending: null }),
        )
      given(...acme, admin('dan'), member('bob', { status: 'removed' }))
        .when(
          allowReturn('bob', { by: 'dan' }),
          addMembers(['bob'], { source, by }),
          removeMember('bob', { by: 'dan' }),
          addMembers(['bob'], { source, by }),
        )
        .then(event('member.return_refused'), outcomes('removed_by_admin'))
    })
  })

  test('is undone by the operator who adds the person directly', () => {
    given(...acme, member('bob', { status: 'removed' }), member('cat', { status: 'suspended' }))
      .when(addMembers(['bob', 'cat']))
      .then(event('member.added'), event('member.reactivated'), outcomes('returned', 'reactivated'))
    given(...acme, invitation('bob@x.test', { status: 'declined' }))
      .when(addMembers(['bob']))
      .then(event('member.added'))
  })

  test('is undone by a directory that had removed or suspended the person itself', () => {
    given(...acme, member('bob'), member('cat'))
      .when(
        removeMember('bob', { by: byDirectory }),
        suspendMember('cat', { by: byDirectory }),
        addMembers(['bob', 'cat'], { by: byDirectory, source: 'scim' }),
      )
      .then(event('member.added'), event('member.reactivated'), outcomes('returned', 'reactivated'))
  })

  test('is not taken over by a directory that removes a person whom an admin had suspended', () => {
    given(...acme, admin('dan'), member('bob'))
      .when(
        suspendMember('bob', { by: 'dan' }),
        removeMember('bob', { by: byDirectory }),
        addMembers(['bob'], { by: byDirectory, source: 'scim' }),
      )
      .then(event('member.return_refused'), outcomes('removed_by_admin'))
  })

  test('is recorded although a directory was first', () => {
    for (const [first, then, outcome] of [
      [suspendMember('bob', { by: byDirectory }), suspendMember('bob', { by: 'dan' }), 'suspended_by_admin'],
      [removeMember('bob', { by: byDirectory }), removeMember('bob', { by: 'dan' }), 'removed_by_admin'],
    ] as const) {
      given(...acme, admin('dan'), member('bob'))
        .when(first, then)
        .then(nothingNew(), memberIs('bob', { ending: { by: 'person', connectionId: null } }))
      given(...acme, admin('dan'), member('bob'))
        .when(first, then, addMembers(['bob'], { by: byDirectory, source: 'scim' }))
        .then(outcomes(outcome), ...(outcome === 'removed_by_admin' ? [event('member.return_refused')] : []))
    }
  })

  test('and withdrawn stays withdrawn when a directory removes the person', () => {
    given(...acme, admin('dan'), member('bob'))
      .when(
        suspendMember('bob', { by: 'dan' }),
        allowReturn('bob', { by: 'dan' }),
        removeMember('bob', { by: byDirectory }),
        addMembers(['bob'], { by: directory('dir_two'), source: 'scim' }),
      )
      .then(event('member.added'), outcomes('returned'))
  })

  test('is not withdrawn for a person who has left', () => {
    given(...acme, member('bob'))
      .when(leave('bob'), allowReturn('bob', { by: 'ann' }))
      .then(rejected('invalid', { path: 'member' }))
  })

  test('is told to the log when a single arrival is refused', () => {
    given(...acme, member('bob', { status: 'removed' }))
      .when(addMember('bob', { source: 'sso', by: 'system' }))
      .then(
        event('member.return_refused', { source: 'sso' }),
        rejected('removed_by_admin'),
        memberIs('bob', { ending: { by: 'person', connectionId: null, attempt: { source: 'sso', at: noon } } }),
      )
  })

  test('holds for leaving, too', () => {
    given(...acme, member('bob'))
      .when(leave('bob'), addMembers(['bob'], { source: 'domain', by: 'system' }))
      .then(event('member.return_refused'), outcomes('removed_by_admin'))
  })

  test('holds when a directory reactivates', () => {
    given(...acme, admin('dan'), member('bob'))
      .when(suspendMember('bob', { by: 'dan' }), reactivateMember('bob', { by: byDirectory }))
      .then(rejected('suspended_by_admin', { memberId: 'mem_bob' }))
    given(...acme, member('bob'))
      .when(suspendMember('bob', { by: byDirectory }), reactivateMember('bob', { by: byDirectory }))
      .then(event('member.reactivated'))
    given(...acme, member('bob'))
      .when(suspendMember('bob', { by: byDirectory }), reactivateMember('bob', { by: directory('dir_two') }))
      .then(rejected('suspended_by_admin'))
  })
})

test('a domain gives no role that manages members', () => {
  given(...acme, role('lead', ['members:manage']))
    .when(
      addMembers(
        [
          { who: 'bob', role: 'admin' },
          { who: 'cat', role: 'lead' },
        ],
        { source: 'domain' },
      ),
    )
    .then(nothingNew(), outcomes('role_not_allowed', 'role_not_allowed'))
})

describe('an external id', () => {
  test('is added to a person who is a member already, or changed', () => {
    given(...acme, member('bob'), member('cat', { externalIds: { operator: 'e-1' } }))
      .when(
        addMembers([
          { who: 'bob', externalId: 'e-7' },
          { who: 'cat', externalId: 'e-8' },
        ]),
      )
      .then(
        event('member.profile_updated', { external_id: { from: null, to: 'e-7' } }),
        event('member.profile_updated', { external_id: { from: 'e-1', to: 'e-8' } }),
        outcomes('linked', 'linked'),
        memberIs('bob', { externalIds: { operator: 'e-7' } }),
      )
  })
  test('of a process without a connection is not one of the operator', () => {
    given(...acme)
      .when(addMembers([{ who: 'bob', externalId: '7' }], { by: { type: 'system', process: 'sso' }, source: 'sso' }))
      .then(event('member.added'), memberIs('bob', { externalIds: { sso: '7' } }))
  })
  test('is each source its own', () => {
    const rows = [{ who: 'bob', externalId: '7' }]
    given(...acme, member('cat', { externalIds: { operator: '7', dir_two: '7' } }))
      .when(addMembers(rows, { by: byDirectory, source: 'scim' }))
      .then(event('member.added', { external_id: '7' }), memberIs('bob', { externalIds: { dir_one: '7' } }))
  })
  test('of a former member passes to the person who has it now', () => {
    given(...acme, member('cat', { status: 'removed', externalIds: { operator: 'e-1', dir_one: 'x' } }))
      .when(addMembers([{ who: 'bob', externalId: 'e-1' }]))
      .then(
        event('member.added'),
        memberIs('bob', { externalIds: { operator: 'e-1' } }),
        memberIs('cat', { status: 'removed', externalIds: { dir_one: 'x' } }),
      )
  })
  test('goes to the first of two rows', () => {
    given(...acme)
      .when(
        addMembers([
          { who: 'bob', externalId: 'e-1' },
          { who: 'cat', externalId: 'e-1' },
        ]),
      )
      .then(event('member.added'), outcomes('added', 'external_id_taken'))
  })
  test('can be exchanged only through a third one', () => {
    given(...acme, member('bob', { externalIds: { operator: '1' } }), member('cat', { externalIds: { operator: '2' } }))
      .when(
        addMembers([
          { who: 'bob', externalId: '2' },
          { who: 'bob', externalId: '3' },
          { who: 'cat', externalId: '1' },
          { who: 'bob', externalId: '2' },
        ]),
      )
      .then(
        event('member.profile_updated'),
        event('member.profile_updated'),
        event('member.profile_updated'),
        outcomes('external_id_taken', 'linked', 'linked', 'linked'),
      )
  })
})

describe('allowing a return', () => {
  test('is for people who may manage the former member', () => {
    given(...acme, admin('dan'), admin('bob', { status: 'removed' }))
      .when(allowReturn('bob', { by: 'dan' }))
      .then(rejected('forbidden', { permission: 'admins:manage' }))
    given(...acme, member('dan'), member('bob', { status: 'removed' }))
      .when(allowReturn('bob', { by: 'dan' }))
      .then(rejected('forbidden', { permission: 'members:manage' }))
    given(...acme, member('bob', { status: 'removed' }))
      .when(allowReturn('bob', { by: 'zoe' }))
      .then(rejected('not_found'))
  })
  test('is recorded once, and changes nothing for active members', () => {
    given(...acme, member('bob', { status: 'removed' }))
      .when(allowReturn('bob', { by: 'ann' }))
      .then(event('member.return_allowed', { email: 'bob@x.test' }), memberIs('bob', { status: 'removed' }))
    given(...acme, member('bob', { status: 'removed' }))
      .when(allowReturn('bob'), allowReturn('bob'))
      .then(nothingNew())
    given(...acme, member('bob'))
      .when(allowReturn('bob'))
      .then(nothingNew())
  })
  test('ends when the person is removed or suspended again', () => {
    given(...acme, member('bob', { status: 'suspended' }))
      .when(
        allowReturn('bob'),
        reactivateMember('bob'),
        suspendMember('bob'),
        addMembers(['bob'], { source: 'sso', by: 'system' }),
      )
      .then(nothingNew(), outcomes('suspended_by_admin'))
  })
})
