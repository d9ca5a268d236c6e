import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { foundOrganization } from '../support/living-organization.ts'
import { projectInto } from '../support/projecting.ts'

const CALLERS = 20
const COMMANDS_PER_CALLER = 10
const PEOPLE_PER_COMMAND = 500
const PEOPLE = CALLERS * COMMANDS_PER_CALLER * PEOPLE_PER_COMMAND
const SLOW_MS = 60
/** What the relay has in memory at a time. */
const ROWS_PER_BATCH = 1_000

test('100,000 people added by 20 callers all arrive in a slow directory, without a reset and without piling up in memory', {
  timeout: 900_000,
}, async () => {
  const project = projectInto(env.DIRECTORY)
  const seen = { underWay: 0, atOnce: 0, rows: 0 }
  const acme = await foundOrganization({
    owners: ['ann'],
    seams: {
      project: async (batch) => {
        seen.underWay += 1
        seen.atOnce = Math.max(seen.atOnce, seen.underWay)
        seen.rows = Math.max(seen.rows, batch.rows.members.length)
        await new Promise((resolve) => setTimeout(resolve, SLOW_MS))
        const answer = await project(batch)
        seen.underWay -= 1
        return answer
      },
    },
  })
  const ours = await acme.inside(({ seams }) => seams.project.toString())

  const adding = Array.from({ length: CALLERS }, async (_, caller) => {
    for (let command = 0; command < COMMANDS_PER_CALLER; command += 1) {
      const people = Array.from({ length: PEOPLE_PER_COMMAND }, (__, row) => `m${caller}-${command}-${row}`)
      expect(await acme.execute(acme.say.addMembers(people))).toMatchObject({ ok: true })
    }
  })
  await Promise.all(adding)
  const behind = async () => (await acme.wake()).waiting.directory !== null
  while (await behind());

  // An object that was reset has its own way to the directory again.
  expect(await acme.inside(({ seams }) => seams.project.toString())).toBe(ours)
  expect(seen).toMatchObject({ underWay: 0, atOnce: 1 })
  expect(seen.rows).toBeLessThanOrEqual(ROWS_PER_BATCH)
  const sums = 'select count(*) as members, sum(version) as versions from members'
  const inObject = await acme.inside((_, { sql }) => sql.exec(sums).toArray()[0])
  expect(inObject).toMatchObject({ members: PEOPLE + 1 })
  expect(await env.DIRECTORY.prepare(`${sums} where organization_id = ?`).bind(acme.id).first()).toEqual(inObject)
  const progress = 'select head_version = projected_version as complete from projections where organization_id = ?'
  expect(await env.DIRECTORY.prepare(progress).bind(acme.id).first()).toEqual({ complete: 1 })
})
