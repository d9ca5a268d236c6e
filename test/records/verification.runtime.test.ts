import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { logCheckpointsOf } from '../../src/directory/log-checkpoints.ts'
import { LOG_START, verifyLog } from '../../src/onboarding/verify-log.ts'
import { chainHash } from '../../src/records/event-chain.ts'
import { eventOf } from '../../src/records/rows.ts'
import type { EventRow } from '../../src/records/tables.ts'
import { ENTRIES_PER_STRETCH } from '../../src/records/verification.ts'
import { settled } from '../support/directory-equals.ts'
import { foundOrganization, type LivingOrganization, WHOLE_LOG } from '../support/living-organization.ts'

/** Eight entries: created, ann and bob added, five renamings. */
async function withHistory(): Promise<LivingOrganization> {
  const acme = await foundOrganization({ owners: ['ann'], members: ['bob'] })
  for (const name of ['B', 'C', 'D', 'E', 'F']) await acme.execute(acme.say.updateOrganization({ name }))
  await settled(acme)
  return acme
}

const operator = { type: 'operator' } as const
const verify = (acme: LivingOrganization, from = LOG_START) => verifyLog(env, acme.id, operator, from)
const tamper = (acme: LivingOrganization, statement: string, ...values: SqlStorageValue[]) =>
  acme.inside((_, { sql }) => void sql.exec(statement, ...values).toArray())

const guests = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `guest${from + index}@x.test`)

test('an untouched log is valid up to its last entry', async () => {
  expect(await verify(await withHistory())).toMatchObject({
    verified: { seq: 8 },
    headSeq: 8,
    firstBrokenSeq: null,
    isCompared: true,
  })
})

test('a log of several stretches is verified to its end, from any entry that was verified', async () => {
  const acme = await foundOrganization({ owners: ['ann'] })
  for (let part = 0; part < 2; part += 1)
    await acme.execute(acme.say.bulkInvite(guests(part * 1000, part * 1000 + 1000)))
  await settled(acme)
  const first = await acme.read(WHOLE_LOG)
  expect(first).toMatchObject({ value: { verifiedUpTo: ENTRIES_PER_STRETCH, headSeq: 2002, firstBrokenSeq: null } })
  const whole = await verify(acme)
  expect(whole).toMatchObject({ verified: { seq: 2002 }, firstBrokenSeq: null })
  const half = first.ok ? { seq: first.value.verifiedUpTo, hash: first.value.hash } : LOG_START
  expect(await verify(acme, half)).toEqual(whole)
})

test('what is appended and erased between two stretches is verified with the rest', async () => {
  const acme = await foundOrganization({ owners: ['ann'] })
  await acme.execute(acme.say.addMember('bob'))
  for (let part = 0; part < 2; part += 1)
    await acme.execute(acme.say.bulkInvite(guests(part * 1000, part * 1000 + 1000)))
  await settled(acme)
  const [first, erased] = await Promise.all([verify(acme), acme.execute(acme.say.erasePerson('bob'))])
  expect(erased).toMatchObject({ ok: true })
  expect(first).toMatchObject({ firstBrokenSeq: null })
  expect(await verify(acme)).toMatchObject({ firstBrokenSeq: null })
})

describe('it shows where the log is broken when', () => {
  const cases: readonly (readonly [what: string, statement: string, firstBrokenSeq: number])[] = [
    ['what happened was altered', `update events set data = '{"name":{"from":"A","to":"B"}}' where seq = 5`, 5],
    ['personal data was altered', `update events set personal = '{"email":"eve@x.test"}' where seq = 3`, 3],
    ['who did it was altered', `update events set actor_type = 'user', actor_id = 'usr_eve' where seq = 4`, 4],
    ['when it was was altered', 'update events set occurred_at = occurred_at + 1 where seq = 1', 1],
    ['the hash was altered', `update events set hash = '${'0'.repeat(64)}' where seq = 8`, 8],
    ['an entry in the middle is missing', 'delete from events where seq = 3', 3],
    ['the first entry is missing', 'delete from events where seq = 1', 1],
    ['the last entries are missing', 'delete from events where seq > 6', 7],
    ['all entries are missing', 'delete from events', 1],
    [
      'two entries have changed places',
      'update events set seq = case seq when 6 then -7 else -6 end where seq in (6, 7)',
      6,
    ],
  ]
  test.each(cases)('%s', async (_, statement, firstBrokenSeq) => {
    const acme = await withHistory()
    await tamper(acme, statement)
    await tamper(acme, 'update events set seq = -seq where seq < 0')

    expect(await verify(acme)).toMatchObject({ verified: { seq: firstBrokenSeq - 1 }, firstBrokenSeq })
  })
})

describe('somebody who can write the storage and knows how the hashes are made', () => {
  /** Alters an entry and gives it and all that follow a right hash, and the organization the right head. */
  async function rewrite(acme: LivingOrganization, from: number, length?: number): Promise<void> {
    await acme.inside((_, { sql }) => {
      if (length !== undefined) sql.exec('delete from events where seq > ?', length)
      sql.exec('update events set occurred_at = occurred_at - 1 where seq = ?', from)
      let previous = LOG_START.hash
      let last = 0
      for (const raw of sql.exec('select * from events order by seq').toArray()) {
        const row = {
          ...{ seq: raw.seq, id: raw.id, type: raw.type, occurredAt: raw.occurred_at, actorType: raw.actor_type },
          ...{
            actorId: raw.actor_id,
            viaType: raw.via_type,
            viaId: raw.via_id,
            targetType: raw.target_type,
            targetId: raw.target_id,
          },
          ...{ data: JSON.parse(String(raw.data)), personal: raw.personal },
          ...{ salt: raw.salt, personalHash: raw.personal_hash, hash: raw.hash },
        } as unknown as EventRow
        previous = chainHash(previous, eventOf(acme.id)(row))
        last = row.seq
        sql.exec('update events set hash = ? where seq = ?', previous, row.seq)
      }
      sql.exec('update ledger set event_hash = ?, event_seq = ?', previous, last)
    })
    await acme.evict()
  }

  test('is found out by what the directory was told', async () => {
    const acme = await withHistory()
    await rewrite(acme, 5)
    expect(await acme.read(WHOLE_LOG)).toMatchObject({ value: { firstBrokenSeq: null } })
    expect(await verify(acme)).toMatchObject({ firstBrokenSeq: expect.any(Number) })
  })

  test('is found out even if the log has grown since', async () => {
    const acme = await withHistory()
    for (let more = 0; more < 30; more += 1) await acme.execute(acme.say.updateOrganization({ name: `N${more}` }))
    await settled(acme)
    await rewrite(acme, 5)
    for (let more = 0; more < 5; more += 1) await acme.execute(acme.say.updateOrganization({ name: `M${more}` }))
    await settled(acme)
    expect(await verify(acme)).toMatchObject({ firstBrokenSeq: expect.any(Number) })
  })

  test('cannot cut off the end', async () => {
    const acme = await withHistory()
    await rewrite(acme, 3, 6)
    expect(await verify(acme)).toMatchObject({ ok: true, firstBrokenSeq: expect.any(Number) })
  })

  test('cannot cut off the end at the length of a stretch either', async () => {
    const acme = await foundOrganization({ owners: ['ann'] })
    for (let part = 0; part < 2; part += 1) {
      await acme.execute(acme.say.bulkInvite(guests(part * 1000, part * 1000 + 1000)))
    }
    await settled(acme)
    await acme.inside((_, { sql }) => {
      sql.exec('delete from events where seq > ?', ENTRIES_PER_STRETCH)
      sql.exec(
        'update ledger set event_seq = ?1, event_hash = (select hash from events where seq = ?1)',
        ENTRIES_PER_STRETCH,
      )
    })
    await acme.evict()
    expect(await verify(acme)).toMatchObject({ ok: true, firstBrokenSeq: ENTRIES_PER_STRETCH + 1 })
  })
})

test('the directory keeps the first checkpoint of a block and the newest one', async () => {
  const acme = await withHistory()
  for (let more = 0; more < 40; more += 1) await acme.execute(acme.say.updateOrganization({ name: `N${more}` }))
  await settled(acme)
  const checkpoints = await logCheckpointsOf(env.DIRECTORY, acme.id, { afterSeq: 0, upToSeq: 1000 })
  const { events } = await acme.rows()
  const hashes = new Map(events.map(({ seq, hash }) => [seq, hash]))
  expect(checkpoints.map(({ hash }) => hash)).toEqual(checkpoints.map(({ seq }) => hashes.get(seq)))
  expect(checkpoints.at(-1)?.seq).toBe(48)
  expect(checkpoints.length).toBeLessThanOrEqual(4)
})
