import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { countOverdueInvitations, overdueOrganizations } from '../../src/directory/overdue.ts'

/** Organizations with one overdue invitation each, that of the first the longest overdue. */
async function overdue(all: readonly { readonly id: string; readonly deletedAt: number | null }[]): Promise<void> {
  const rows = JSON.stringify(all.map((one, index) => ({ ...one, expiresAt: index + 1 })))
  await env.DIRECTORY.batch([
    env.DIRECTORY.prepare(
      `insert into organizations (id, name, name_key, slug, ownership, created_at, updated_at, deleted_at, revision, version)
       select value ->> 'id', 'A', 'a', value ->> 'id', 'multiple', 0, 0, value ->> 'deletedAt', 1, 1 from json_each(?)`,
    ).bind(rows),
    env.DIRECTORY.prepare(
      `insert into invitations (id, organization_id, email, name_key, role, status, send_count, delivery,
         invited_by_type, expires_at, sent_at, created_at, revision, version)
       select value ->> 'id', value ->> 'id', 'a@x.test', 'a', 'member', 'pending', 1, 'none',
         'operator', value ->> 'expiresAt', 0, 0, 1, 1 from json_each(?)`,
    ).bind(rows),
  ])
}

test('invitations of deleted organizations take no place of a page, and no statement looks at more of them than the limit', async () => {
  const group = crypto.randomUUID().slice(0, 8)
  const closed = Array.from({ length: 7 }, (_, index) => ({ id: `org_${group}_closed_${index}`, deletedAt: 1 }))
  const open = ['a', 'b', 'c'].map((name) => ({ id: `org_${group}_open_${name}`, deletedAt: null }))
  const [a, b, c] = open.map(({ id }) => id)
  await overdue([...closed, ...open])
  const page = (after: string | null, limit: number, scan: number) =>
    overdueOrganizations(env.DIRECTORY, 100, { after, limit }, scan)

  const first = await page(null, 2, 100)
  expect(first.found).toEqual([a, b])
  expect(await page(first.next, 2, 100)).toEqual({ found: [c], next: null })

  const scanned = await page(null, 2, 8)
  expect(scanned.found).toEqual([a])
  expect(await page(scanned.next, 3, 8)).toEqual({ found: [b, c], next: null })

  expect(await countOverdueInvitations(env.DIRECTORY, 100, 100)).toEqual({ count: 3, since: 8 })
  expect(await countOverdueInvitations(env.DIRECTORY, 100, 9)).toEqual({ count: 2, since: 8 })
})
