import { describe, expect, test } from 'vitest'
import type { Act } from '../support/commands.ts'
import { directoryEquals, settled } from '../support/directory-equals.ts'
import { foundOrganization, type LivingOrganization, livingOrganization } from '../support/living-organization.ts'

/** Whatever writes to this table throws, as if the disk did, after all that was written before it. */
const breakTable = (acme: LivingOrganization, table: string): Promise<unknown> =>
  acme.inside((_, { sql }) =>
    sql
      .exec(`create trigger broken before insert on ${table} begin select raise(abort, 'out of order'); end`)
      .toArray(),
  )
const mend = (acme: LivingOrganization): Promise<unknown> =>
  acme.inside((_, { sql }) => sql.exec('drop trigger broken').toArray())

/** Within the object, since workerd reports each exception that crosses to a caller as uncaught. */
const attempt = ({ inside }: LivingOrganization, { caller, command }: Act): Promise<unknown> =>
  inside((object) => object.execute({ caller, command, ...once }))

const once = { idempotency: { key: 'key', fingerprint: 'request' } }

/** In the order in which an invitation writes them. */
describe.each(['invitations', 'events', 'outbox', 'ledger', 'idempotency'])(
  'a command that throws while it writes %s',
  (table) => {
    test('leaves nothing behind: no row, no event, no message, no revision, no kept answer, no alarm', async () => {
      const acme = await quietOrganization()
      const before = await acme.rows()
      await breakTable(acme, table)

      await expect(attempt(acme, acme.say.inviteMember('bob@x.test'))).rejects.toThrow('out of order')

      expect(await acme.rows()).toEqual(before)
      expect(await acme.inside((_, { sql }) => sql.exec('select * from idempotency').toArray())).toEqual([])
      expect(await acme.alarmTime()).toBeNull()
    })

    test('does not keep the next one from being carried out, nor from having its alarm', async () => {
      const acme = await quietOrganization()
      await acme.seams({ project: () => new Promise(() => {}) })
      await breakTable(acme, table)
      await attempt(acme, acme.say.inviteMember('bob@x.test')).catch(() => {})
      await mend(acme)

      const invited = await acme.execute(acme.say.inviteMember('bob@x.test'), once)

      expect(invited).toMatchObject({ ok: true, replayed: false, revision: 2 })
      expect(await acme.alarmTime()).not.toBeNull()
    })
  },
)

test('a bulk that throws at its last row leaves nothing of the rows before', async () => {
  const acme = await quietOrganization()
  const before = await acme.rows()
  await acme.inside((_, { sql }) =>
    sql
      .exec(`create trigger broken before insert on invitations when new.email = 'guest19@x.test'
              begin select raise(abort, 'out of order'); end`)
      .toArray(),
  )
  const rows = Array.from({ length: 20 }, (_, index) => `guest${index}@x.test`)

  await expect(attempt(acme, acme.say.bulkInvite(rows))).rejects.toThrow()

  expect(await acme.rows()).toEqual(before)
})

test('one that throws does not take down those that wait beside it', async () => {
  const acme = await quietOrganization()
  await acme.inside((_, { sql }) =>
    sql
      .exec(`create trigger broken before insert on invitations when new.email = 'guest5@x.test'
              begin select raise(abort, 'out of order'); end`)
      .toArray(),
  )

  const results = await Promise.allSettled(
    Array.from({ length: 10 }, (_, index) => acme.execute(acme.say.inviteMember(`guest${index}@x.test`))),
  )

  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  expect((await acme.rows()).invitations).toHaveLength(9)
  await settled(acme)
  await directoryEquals(acme)
})

test('asking about an organization that was never created leaves no storage', async () => {
  const nowhere = livingOrganization()

  await nowhere.read({ type: 'GetOrganization' })
  await nowhere.execute(nowhere.say.inviteMember('bob@x.test'))
  await nowhere.wake()

  const tables = await nowhere.inside((_, { sql }) =>
    sql.exec("select name from sqlite_master where name not like '_cf%'").toArray(),
  )
  expect(tables).toEqual([])
  expect(await nowhere.alarmTime()).toBeNull()
})

/** Founded, everything arrived, no alarm left. */
async function quietOrganization(): Promise<LivingOrganization> {
  const acme = await foundOrganization({ owners: ['ann'] })
  await settled(acme)
  while (await acme.alarm()) {}
  return acme
}
