import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { OrganizationEvent } from '../../src/membership/event.ts'
import { CHAIN_START, chainHash } from '../../src/records/event-chain.ts'

const first: Omit<OrganizationEvent, 'hash'> = {
  id: 'evt_1',
  organizationId: 'org_acme',
  personal: null,
  seq: 1,
  type: 'member.role_changed',
  occurredAt: Date.UTC(2030, 0, 1, 12),
  actor: { type: 'user', id: 'usr_ann' },
  target: { type: 'member', id: 'mem_bob' },
  data: { role: { to: 'admin', from: 'member' } },
}

test('the hash covers the previous one and the canonical JSON of the entry as the API shows it', () => {
  const shown =
    '{"actor":{"id":"usr_ann","type":"user"},"data":{"role":{"from":"member","to":"admin"}},"id":"evt_1","object":"event",' +
    '"occurred_at":"2030-01-01T12:00:00.000Z","organization_id":"org_acme","seq":1,"target":{"id":"mem_bob","type":"member"},' +
    '"type":"member.role_changed","via":null}'
  expect(chainHash(CHAIN_START, first)).toBe(createHash('sha256').update(`${CHAIN_START}${shown}`).digest('hex'))
})

test('the order of keys in the data makes no difference', () => {
  const turned = { ...first, data: { role: { from: 'member', to: 'admin' } } }
  expect(chainHash(CHAIN_START, turned)).toBe(chainHash(CHAIN_START, first))
})

describe('an entry shows that it was altered', () => {
  const alterations: readonly Partial<typeof first>[] = [
    { id: 'evt_2' },
    { organizationId: 'org_other' },
    { seq: 2 },
    { type: 'member.removed' },
    { occurredAt: first.occurredAt + 1 },
    { actor: { type: 'user', id: 'usr_eve' } },
    { actor: { type: 'operator', id: null } },
    { actor: { ...first.actor, via: { type: 'operator', id: null } } },
    { target: { type: 'member', id: 'mem_eve' } },
    { target: { type: 'invitation', id: 'mem_bob' } },
    { data: { role: { from: 'member', to: 'owner' } } },
    { data: {} },
  ]
  test.each(alterations)('by %o', (altered) => {
    expect(chainHash(CHAIN_START, { ...first, ...altered })).not.toBe(chainHash(CHAIN_START, first))
  })
  test('by an entry before it that is missing', () => {
    expect(chainHash('f'.repeat(64), first)).not.toBe(chainHash(CHAIN_START, first))
  })
})

test.each(['🙂 “quoted” \u2028 \u0000', 'é', 'e\u0301', '\\', '"', '</script>'])(
  'names with %j are hashed as they are',
  (name) => {
    const named = { ...first, data: { name } }
    expect(chainHash(CHAIN_START, named)).toMatch(/^[0-9a-f]{64}$/)
    expect(chainHash(CHAIN_START, named)).not.toBe(chainHash(CHAIN_START, { ...first, data: { name: `${name}!` } }))
  },
)
