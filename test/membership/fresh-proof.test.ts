import { describe, expect, test } from 'vitest'
import { type Caller, personCaller } from '../../src/membership/actor.ts'
import { authorityOf, isFresh } from '../../src/membership/authority.ts'
import { handle } from '../../src/organization/handle.ts'
import type { OrganizationStore } from '../../src/organization/store.ts'
import { type Act, minutes, noon } from '../support/commands.ts'
import {
  admin,
  bulkInvite,
  createApiKey,
  deleteOrganization,
  inviteMember,
  member,
  organization,
  owner,
  reactivateMember,
  transferOwnership,
  updateMember,
} from '../support/facts.ts'
import { InMemoryStore } from '../support/in-memory-store.ts'

const REQUIRED = 'reauthentication_required'

/** The person whom the tests call `ann`, whose proof counts until then. */
const ann = (freshUntil?: number): Caller => ({
  type: 'user',
  userId: 'usr_ann',
  ...(freshUntil === undefined ? {} : { freshUntil }),
})

const DOORS: readonly (readonly [what: string, act: (by: Caller) => Act])[] = [
  ['creating an API key', (by) => createApiKey('backend', ['members:read'], { by })],
  ['transferring ownership', (by) => transferOwnership('bob', { by })],
  ['deleting the organization', (by) => deleteOrganization({ by })],
  ['making a member an owner', (by) => updateMember('bob', { by, role: 'owner' })],
  ['reactivating an owner', (by) => reactivateMember('sue', { by })],
  ['inviting an owner', (by) => inviteMember('cat@x.test', { by, role: 'owner' })],
  ['inviting owners among others', (by) => bulkInvite(['dan@x.test', { email: 'cat@x.test', role: 'owner' }], { by })],
]

const FACTS = [
  organization(),
  owner('ann'),
  owner('eve'),
  owner('sue', { status: 'suspended' }),
  admin('ada'),
  member('bob'),
]

/** Why the command is refused; null if it is not. */
function refusalOf({ caller, command, now }: Act): string | null {
  const store = new InMemoryStore(FACTS)
  const acting = caller.type === 'user' ? store.memberOfUser(caller.userId) : null
  const standing = { member: acting, role: acting && store.role(acting.role), apiKey: null, maker: null }
  const authority = authorityOf(caller, standing, now)
  if (!authority.ok) return authority.error.code
  const decision = handle(store as unknown as OrganizationStore, command, { authority: authority.value, now })
  return decision.ok ? null : decision.error.code
}

describe.each(DOORS)('%s', (_, act) => {
  test('takes a fresh proof of a person', () => {
    expect([refusalOf(act(ann())), refusalOf(act(ann(noon)))]).toEqual([REQUIRED, REQUIRED])
  })

  test('is done until the millisecond before the proof ends', () => {
    expect(refusalOf(act(ann(noon + 1)))).toBeNull()
  })

  test('takes none of the operator', () => {
    expect(refusalOf(act({ type: 'operator' }))).toBeNull()
  })
})

test('what is refused anyway is refused without asking for a proof', () => {
  expect(refusalOf(transferOwnership('nobody', { by: ann() }))).toBe('not_found')
  expect(refusalOf(inviteMember('bob@x.test', { by: ann(), role: 'owner' }))).toBe('already_member')
  expect(refusalOf(deleteOrganization({ by: { type: 'user', userId: 'usr_ada' } }))).toBe('forbidden')
})

test('everyday work takes no proof', () => {
  for (const act of [
    inviteMember('cat@x.test', { by: ann() }),
    updateMember('bob', { by: ann(), role: 'admin' }),
    bulkInvite([{ email: 'cat@x.test', role: 'owner' }], { by: ann(), dryRun: true }),
  ]) {
    expect(refusalOf(act)).toBeNull()
  }
})

test('a proof counts from when it was given, for the time that is set', () => {
  const settings = { fresh_proof_minutes: 10 }
  const proven = personCaller('usr_ann', noon, settings)
  expect(proven).toEqual({ type: 'user', userId: 'usr_ann', freshUntil: noon + minutes(10) })
  expect([isFresh(proven, noon + minutes(10) - 1), isFresh(proven, noon + minutes(10))]).toEqual([true, false])
  for (const none of [null, undefined]) expect(isFresh(personCaller('usr_ann', none, settings), noon)).toBe(false)
})
