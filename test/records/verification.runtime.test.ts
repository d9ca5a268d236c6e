import { describe, expect, test } from 'vitest'
import { foundOrganization, type LivingOrganization } from '../support/living-organization.ts'

/** Eight entries: created, ann and bob added, five renamings. */
async function withHistory(): Promise<LivingOrganization> {
  const acme = await foundOrganization({ owners: ['ann'], members: ['bob'] })
  for (const name of ['B', 'C', 'D', 'E', 'F']) await acme.execute(acme.say.updateOrganization({ name }))
  return acme
}

const verify = (acme: LivingOrganization) => acme.read({ type: 'VerifyEvents' })
const tamper = (acme: LivingOrganization, statement: string) =>
  acme.inside((_, { sql }) => void sql.exec(statement).toArray())

test('an untouched log is valid up to its last entry', async () => {
  expect(await verify(await withHistory())).toMatchObject({
    value: { valid: true, verifiedUpTo: 8, firstBrokenSeq: null },
  })
})

test('a log of more entries than are read at once is verified to its end', async () => {
  const acme = await foundOrganization({ owners: ['ann'] })
  const guests = Array.from({ length: 1000 }, (_, index) => `guest${index}@x.test`)
  await acme.execute(acme.say.bulkInvite(guests))

  expect(await verify(acme)).toMatchObject({ value: { valid: true, verifiedUpTo: 1002 } })
})

describe('a log that takes several turns', () => {
  /** Bob is the 1,503rd entry, and there are 3,003. */
  async function withLongHistory(): Promise<LivingOrganization> {
    const acme = await foundOrganization({ owners: ['ann'] })
    await acme.execute(acme.say.bulkInvite(guests(0, 1500)))
    await acme.execute(acme.say.addMember('bob'))
    await acme.execute(acme.say.bulkInvite(guests(1500, 3000)))
    return acme
  }
  const guests = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `guest${from + index}@x.test`)

  test('keeps nobody waiting to its end', async () => {
    const acme = await withLongHistory()
    const done: string[] = []
    await Promise.all([
      verify(acme).then(() => done.push('verified')),
      acme.read({ type: 'GetSeats' }).then(() => done.push('asked')),
    ])
    expect(done).toEqual(['asked', 'verified'])
  })

  test('is valid with what comes and what is redacted meanwhile', async () => {
    const acme = await withLongHistory()
    const [first, erased] = await Promise.all([verify(acme), acme.execute(acme.say.erasePerson('bob'))])
    expect(erased).toMatchObject({ ok: true })
    expect(first).toMatchObject({ value: { valid: true, firstBrokenSeq: null } })
    expect((await acme.rows()).events.find(({ seq }) => seq === 1503)).toMatchObject({ redacted: 1 })
    expect(await verify(acme)).toMatchObject({ value: { valid: true, firstBrokenSeq: null } })
  })
})

describe('it shows where the log is broken when', () => {
  const cases: readonly (readonly [what: string, statement: string, firstBrokenSeq: number])[] = [
    ['what happened was altered', `update events set data = '{"name":{"from":"A","to":"B"}}' where seq = 5`, 5],
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

    expect(await verify(acme)).toMatchObject({
      value: { valid: false, verifiedUpTo: firstBrokenSeq - 1, firstBrokenSeq },
    })
  })
})
