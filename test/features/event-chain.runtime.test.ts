import { beforeAll, describe, expect, test, vi } from 'vitest'
import { hashOf } from '../../docs/verify-export.mjs'
import { CHAIN_START } from '../../src/records/event-chain.ts'
import { expectProblem } from '../support/api.ts'
import { newMember, newOrganization, type Team } from '../support/api-builders.ts'
import { WHOLE_LOG } from '../support/living-organization.ts'
import { everythingOf, inside, tamper } from './storage.ts'

/* Whoever has changed the log behind the back of the rules is found out, and where. */

const ENTRIES = 12

let team: Team
let untouched: Awaited<ReturnType<typeof everythingOf>>['events']
beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  team = await newOrganization()
  for (let added = 2; added < ENTRIES; added += 1) await newMember(team)
  untouched = (await everythingOf(team)).events
})

const verify = async () => (await team.owner.api.get(`${team.path}/events/verify`)).body

/** As it was before anybody tampered with it. */
async function restore(): Promise<void> {
  await inside(team, ({ sql }) => {
    sql.exec('delete from events')
    for (const row of untouched) {
      const columns = Object.keys(row)
      const values = columns.map(() => '?').join()
      sql.exec(`insert into events (${columns.join()}) values (${values})`, ...Object.values(row))
    }
  })
}

const verification = {
  object: 'verification',
  compared_with_directory: true,
  head_seq: ENTRIES,
  next_cursor: null,
}
const intact = { ...verification, valid: true, verified_up_to: ENTRIES, first_broken_seq: null }
const brokenAt = (seq: number) => ({ ...verification, valid: false, verified_up_to: seq - 1, first_broken_seq: seq })

test('an untouched log is found intact to its last entry', async () => {
  expect(await verify()).toEqual(intact)
})

describe.each([1, 2, 7, ENTRIES - 1, ENTRIES])('at entry %i', (seq) => {
  const FIELDS = [
    ['its data', "data = json_set(data, '$.role', 'forged')"],
    ['its personal data', "personal = json_set(coalesce(personal, '{}'), '$.email', 'forged@x.test')"],
    ['the hash of its personal data', "personal_hash = '0'"],
    ['its type', "type = 'member.left'"],
    ['its time', 'occurred_at = occurred_at + 1'],
    ['who acted', "actor_id = 'usr_forged'"],
    ['what kind of actor', "actor_type = 'system'"],
    ['to whom it happened', "target_id = 'mem_forged'"],
    ['its id', "id = 'evt_forged'"],
    ['its hash', "hash = '0'"],
  ] as const

  test.each(FIELDS)('a change of %s is found', async (_, change) => {
    await tamper(team, `update events set ${change} where seq = ?`, seq)
    expect(await verify()).toEqual(brokenAt(seq))
    await restore()
    expect(await verify()).toEqual(intact)
  })

  test('a removed entry is found', async () => {
    await tamper(team, 'delete from events where seq = ?', seq)
    expect(await verify()).toEqual(brokenAt(seq))
    await restore()
  })

  test('a removed entry is found even if those after it close up', async () => {
    await tamper(team, 'delete from events where seq = ?', seq)
    for (let next = seq + 1; next <= ENTRIES; next += 1) {
      await tamper(team, 'update events set seq = seq - 1 where seq = ?', next)
    }
    expect(await verify()).toEqual(brokenAt(seq))
    await restore()
  })
})

test.each([1, 2, 7, ENTRIES - 1])(
  'entry %i, changed with a hash of its own to match, is found by the next',
  async (seq) => {
    const { body } = await team.owner.api.get(`${team.path}/events?after_seq=${Math.max(0, seq - 2)}&limit=2`)
    const [before, entry] = seq === 1 ? [{ hash: CHAIN_START }, body.data[0]] : body.data
    const hash = hashOf(before.hash, { ...entry, type: 'member.left' })
    await tamper(team, "update events set type = 'member.left', hash = ? where seq = ?", hash, seq)
    // Without the checkpoints of the directory, which may show it earlier.
    const read = await inside(team, (_, object) => object.read({ caller: { type: 'operator' }, query: WHOLE_LOG }))
    expect(read).toMatchObject({ value: { verifiedUpTo: seq, firstBrokenSeq: seq + 1 } })
    await restore()
  },
)

test.each([
  [1, 2],
  [3, 9],
  [ENTRIES - 1, ENTRIES],
])('entries %i and %i in each other’s place are found', async (one, other) => {
  for (const [from, to] of [
    [one, 0],
    [other, one],
    [0, other],
  ] as const) {
    await tamper(team, 'update events set seq = ? where seq = ?', to, from)
  }
  expect(await verify()).toEqual(brokenAt(one))
  await restore()
})

const COPIED =
  'type, occurred_at, actor_type, actor_id, target_type, target_id, data, personal, salt, personal_hash, hash'
const COPY = `insert into events (id, ${COPIED}, seq)`

test('an entry that was slipped in is found', async () => {
  for (let seq = ENTRIES; seq >= 5; seq -= 1) await tamper(team, 'update events set seq = seq + 1 where seq = ?', seq)
  await tamper(team, `${COPY} select 'evt_slipped', ${COPIED}, 5 from events where seq = 4`)
  expect(await verify()).toEqual(brokenAt(5))
  await restore()
})

test('an entry that was added behind the last one is found', async () => {
  await tamper(team, `${COPY} select 'evt_added', ${COPIED}, ${ENTRIES + 1} from events where seq = ${ENTRIES}`)
  expect(await verify()).toEqual(brokenAt(ENTRIES + 1))
  await restore()
})

test('whoever may not read the log may not verify it', async () => {
  const bob = await newMember(team)
  expectProblem(await bob.api.get(`${team.path}/events/verify`), 403, 'forbidden', { permission: 'audit_log:read' })
})
