import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { followed, newInvitation, newMember, newOrganization } from '../support/api-builders.ts'

/* How many organizations fit into a directory, whose database holds 10 GB. */

const ORGANIZATIONS = 20
const PEOPLE = 20
const MAX_BYTES = 25_000

const sizeOf = async (): Promise<number> => (await env.DIRECTORY.prepare('select 1').run()).meta.size_after

test('an organization of 20 members, 20 invitations and 100 events takes at most 25 KB of a directory', async () => {
  const before = await sizeOf()
  for (let count = 0; count < ORGANIZATIONS; count += 1) {
    const team = await newOrganization()
    for (let person = 1; person < PEOPLE; person += 1) await newMember(team)
    for (let person = 0; person < PEOPLE; person += 1) await newInvitation(team)
    // The rest of the 100 events.
    for (let change = 0; change < 60; change += 1) await team.owner.api.patch(team.path, { name: `Name ${change}` })
    await followed(team)
  }
  const bytes = ((await sizeOf()) - before) / ORGANIZATIONS
  console.info(`${Math.round(bytes)} bytes of the directory per organization`)
  expect(bytes).toBeLessThanOrEqual(MAX_BYTES)
})
