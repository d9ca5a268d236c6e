import { describe, expect, test } from 'vitest'
import type { OrganizationEvent } from '../../src/membership/event.ts'
import type { OrganizationClient } from '../../src/organization/client.ts'
import { exportEvents } from '../../src/organization/event-export.ts'

const AT_ONCE = 1_000
const CALLER = { type: 'user', userId: 'usr_1' } as const
const FORBIDDEN = { code: 'forbidden', permission: 'audit_log:read' } as const

const event = (seq: number): OrganizationEvent => ({
  ...{ id: `evt_${seq}`, organizationId: 'org_1', seq, type: 'organization.restored', occurredAt: 0, data: {} },
  ...{
    actor: { type: 'operator', id: null },
    target: { type: 'organization', id: 'org_1' },
    personal: null,
    hash: '',
  },
})

/** An organization of so many entries, which answers so many questions before the caller may ask no more. */
function organizationOf(entries: number, answers = Number.POSITIVE_INFINITY) {
  const asked: number[] = []
  const read = async (_: unknown, { afterSeq }: { afterSeq: number }) => {
    asked.push(afterSeq)
    if (asked.length > answers) return { ok: false, error: FORBIDDEN, revision: 1 }
    const count = Math.min(AT_ONCE, entries - afterSeq)
    const items = Array.from({ length: count }, (_, index) => event(afterSeq + index + 1))
    return { ok: true, value: { items, nextCursor: null }, revision: 1 }
  }
  return { asked, client: { read } as unknown as OrganizationClient }
}

async function exported(client: OrganizationClient): Promise<ReadableStream<Uint8Array>> {
  const started = await exportEvents(client, CALLER, 'ndjson', [])
  if (!started.ok) throw new Error('The export was refused')
  return started.body
}

const linesOf = (text: string): number => text.split('\n').length - 1

describe('an export on its way', () => {
  test.each([1, 999, 1_000, 1_001, 2_500])('has each of %i entries', async (entries) => {
    const text = await new Response(await exported(organizationOf(entries).client)).text()
    expect(linesOf(text)).toBe(entries)
  })

  test('breaks off where the caller may read no further: a short file would look whole', async () => {
    const text = new Response(await exported(organizationOf(2_500, 2).client)).text()
    await expect(text).rejects.toThrow()
  })

  test('reads no further than somebody takes it', async () => {
    const { asked, client } = organizationOf(10_000)
    const reader = (await exported(client)).getReader()
    await reader.read()
    await reader.cancel()
    expect(asked.length).toBeLessThanOrEqual(3)
  })
})

test('an export is refused before it begins', async () => {
  const refused = await exportEvents(organizationOf(5, 0).client, CALLER, 'csv', [])
  expect(refused).toMatchObject({ ok: false, error: FORBIDDEN })
})
