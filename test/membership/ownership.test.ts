import { describe, test } from 'vitest'
import type { EventType } from '../../src/membership/event.ts'
import type { Act } from '../support/commands.ts'
import { noon } from '../support/commands.ts'
import {
  acceptInvitation,
  addMember,
  admin,
  invitation,
  inviteMember,
  leave,
  member,
  organization,
  owner,
  reactivateMember,
  removeMember,
  suspendMember,
  transferOwnership,
  updateMember,
  updateOrganization,
} from '../support/facts.ts'
import { event, given, memberIs, rejected } from '../support/given.ts'

const scim = { type: 'system', process: 'scim' } as const
const sso = { type: 'system', process: 'sso' } as const

/** Every way in which ann could cease to be an active owner, with what would have happened. */
const WAYS_OUT: readonly { readonly act: Act; readonly happens: EventType }[] = [
  { act: leave('ann'), happens: 'member.left' },
  ...['ann', 'operator', scim, sso].flatMap((by): { act: Act; happens: EventType }[] => [
    { act: removeMember('ann', { by }), happens: 'member.removed' },
    { act: suspendMember('ann', { by }), happens: 'member.suspended' },
    { act: updateMember('ann', { role: 'admin', by }), happens: 'member.role_changed' },
    { act: updateMember('ann', { role: 'member', by }), happens: 'member.role_changed' },
  ]),
]

describe.each(WAYS_OUT)('$act.command.type by $act.caller.type', ({ act, happens }) => {
  test.each(['multiple', 'single'] as const)('never costs the last active owner (%s)', (ownership) => {
    const others = [owner('eve', { status: 'suspended' }), owner('gone', { status: 'removed' }), admin('sue')]
    given(organization({ ownership }), owner('ann'), ...others, invitation('bob@x.test', { role: 'owner' }))
      .when(act)
      .then(rejected('last_owner'), memberIs('ann', { role: 'owner', status: 'active' }))
  })
  test('is possible for an owner while there is another active one', () => {
    given(organization(), owner('ann'), owner('bob')).when(act).then(event(happens))
  })
})

test('a suspended owner may go: they are not the one who counts', () => {
  const acme = [organization(), owner('ann'), owner('bob', { status: 'suspended' })]
  given(...acme)
    .when(leave('bob'))
    .then(event('member.left'))
  given(...acme)
    .when(removeMember('bob'))
    .then(event('member.removed'))
  given(...acme)
    .when(updateMember('bob', { role: 'member' }))
    .then(event('member.role_changed'))
})

test('the last owner may go once another has taken over', () => {
  given(organization(), owner('ann'), member('bob'))
    .when(transferOwnership('bob', { by: 'ann' }), leave('ann'))
    .then(event('member.left'), memberIs('bob', { role: 'owner' }))
})

test('the last owner’s profile may change', () => {
  given(organization(), owner('ann'))
    .when(updateMember('ann', { role: 'owner', profile: { name: 'Ann' }, by: 'ann' }))
    .then(event('member.profile_updated'))
})

describe('with several owners allowed', () => {
  test('an owner makes another by role, invitation or reactivation', () => {
    given(organization(), owner('ann'), member('bob'))
      .when(updateMember('bob', { role: 'owner', by: 'ann' }))
      .then(event('member.role_changed', { role: { from: 'member', to: 'owner' } }))
    given(organization(), owner('ann'))
      .when(inviteMember('bob@x.test', { role: 'owner', by: 'ann' }), acceptInvitation('bob'))
      .then(event('invitation.accepted'), event('member.added', { role: 'owner' }))
    given(organization(), owner('ann'), owner('bob', { status: 'suspended' }))
      .when(reactivateMember('bob', { by: 'ann' }))
      .then(event('member.reactivated'))
  })
  test('one of several owners removes another', () => {
    given(organization(), owner('ann'), owner('bob'))
      .when(removeMember('bob', { by: 'ann' }))
      .then(event('member.removed'))
  })
})

describe('with exactly one owner allowed', () => {
  const acme = [organization({ ownership: 'single' }), owner('ann')]

  test.each(['ann', 'operator', scim])('no second comes by role, invitation, adding or reactivation', (by) => {
    given(...acme, member('bob'))
      .when(updateMember('bob', { role: 'owner', by }))
      .then(rejected('single_owner'))
    given(...acme)
      .when(inviteMember('bob@x.test', { role: 'owner', by }))
      .then(rejected('single_owner'))
    given(...acme, owner('bob', { status: 'suspended', ending: { by: 'scim', connectionId: null } }))
      .when(reactivateMember('bob', { by }))
      .then(rejected('single_owner'))
  })
  test('no second comes by adding, not even by the operator', () => {
    given(...acme)
      .when(addMember('bob', { role: 'owner' }))
      .then(rejected('single_owner'))
  })
  test('no second comes by an invitation of the time before', () => {
    given(organization(), owner('ann'), invitation('bob@x.test', { role: 'owner' }))
      .when(updateOrganization({ ownership: 'single', by: 'ann' }), acceptInvitation('bob'))
      .then(rejected('single_owner'))
  })
  test('the first may arrive by invitation', () => {
    given(organization({ ownership: 'single' }))
      .when(inviteMember('bob@x.test', { role: 'owner' }), acceptInvitation('bob'))
      .then(event('invitation.accepted'), event('member.added', { role: 'owner' }))
  })
  test('of two invited to be the first, one becomes it', () => {
    given(
      organization({ ownership: 'single' }),
      invitation('bob@x.test', { role: 'owner' }),
      invitation('cat@x.test', { role: 'owner' }),
    )
      .when(acceptInvitation('bob'), acceptInvitation('cat'))
      .then(rejected('single_owner'), memberIs('bob', { role: 'owner' }))
  })
  test('not even the only one may become it by a role change, only by transfer', () => {
    given(organization({ ownership: 'single' }), member('bob'))
      .when(updateMember('bob', { role: 'owner' }))
      .then(rejected('single_owner'))
  })
})

describe('switching to exactly one owner', () => {
  test('is refused while there are several active ones, with how many', () => {
    given(organization(), owner('ann'), owner('bob'), owner('cat'))
      .when(updateOrganization({ ownership: 'single', by: 'ann' }))
      .then(rejected('several_owners', { owners: 3 }))
  })
  test('is possible with one active owner, or none', () => {
    given(organization(), owner('ann'), owner('bob', { status: 'suspended' }))
      .when(updateOrganization({ ownership: 'single', by: 'ann', now: noon }))
      .then(event('organization.updated', { ownership: { from: 'multiple', to: 'single' } }))
    given(organization())
      .when(updateOrganization({ ownership: 'single' }))
      .then(event('organization.updated'))
  })
  test('and back to several is always possible', () => {
    given(organization({ ownership: 'single' }), owner('ann'))
      .when(updateOrganization({ ownership: 'multiple', by: 'ann' }))
      .then(event('organization.updated', { ownership: { from: 'single', to: 'multiple' } }))
  })
})
