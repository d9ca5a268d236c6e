import { env } from 'cloudflare:workers'
import { createHash } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { signInvitationLink } from '../../src/accounts/invitation-link.ts'
import type { OrganizationMessage } from '../../src/contract/mail-message.ts'
import { configOf } from '../../src/env.ts'
import { minutes, noon } from '../support/commands.ts'
import { directoryEquals, settled } from '../support/directory-equals.ts'
import { foundOrganization, type LivingOrganization } from '../support/living-organization.ts'

const SECRET_OF_A_KEY = 'mk_org_00000000000000000000000000_Zm9yIHRoZSBleWVzIG9mIG9uZSBjYWxsZXI'

test('after a whole journey no link, key or deployment secret stands in any table, event, message or log', async () => {
  const logged = listenToConsole()
  const { acme, queued } = await journey()
  const { LINK_KEYS, OPERATOR_KEY } = configOf(env)
  const links = [1, 2].map((sendNumber) =>
    signInvitationLink(
      { organizationId: acme.id, invitationId: acme.ids.invitation('bob@x.test'), sendNumber },
      LINK_KEYS,
    ),
  )

  const everything = {
    directory: await dump((query) =>
      env.DIRECTORY.prepare(query)
        .all()
        .then(({ results }) => results),
    ),
    object: await acme.inside((_, { sql }) => dump(async (query) => sql.exec(query).toArray())),
    queued: JSON.stringify(queued),
    console: logged(),
  }

  const signatures = links.map((link) => link.slice(link.lastIndexOf('.') + 1))
  const secrets = [...links, ...signatures, ...LINK_KEYS.map(({ secret }) => secret), OPERATOR_KEY, SECRET_OF_A_KEY]
  for (const [place, text] of Object.entries(everything)) {
    for (const secret of secrets) expect(text.includes(secret), `${secret} in ${place}`).toBe(false)
  }
  expect(everything.directory).toContain('bob@x.test')
  expect(everything.object).toContain('bob@x.test')
  expect(everything.queued).toContain('bob@x.test')
  expect(everything.console).toContain('email_mismatch')
})

/** Create, invite, fail to deliver, resend, try with a wrong account, accept, make a key and use it, be refused. */
async function journey(): Promise<{ acme: LivingOrganization; queued: OrganizationMessage[] }> {
  const queued: OrganizationMessage[] = []
  let now = noon
  const acme = await foundOrganization({
    owners: ['ann'],
    seams: { clock: () => now, enqueue: async (messages) => void queued.push(...messages) },
  })
  const { say } = acme
  const secretHash = createHash('sha256').update(SECRET_OF_A_KEY).digest('hex')
  await acme.execute(say.inviteMember('bob@x.test', { by: 'ann', name: 'Bob' }))
  await acme.execute(say.recordDelivery('bob@x.test', 'failed'))
  now += minutes(2)
  await acme.execute(say.resendInvitation('bob@x.test', { by: 'ann' }))
  await acme.execute(say.acceptInvitation('bob', { sendNumber: 1 }))
  await acme.execute(say.acceptInvitation('eve', { invitationId: acme.ids.invitation('bob@x.test'), sendNumber: 2 }))
  await acme.execute(say.acceptInvitation('bob', { sendNumber: 2 }), {
    idempotency: { key: 'hash', fingerprint: 'hash' },
  })
  await acme.execute(say.createApiKey('ci', ['members:read'], { by: 'ann', secretHash }))
  await acme.execute(say.createRole('reader', [], { by: { type: 'api_key', secretHash } }))
  await acme.execute(say.removeMember('ann', { by: 'bob' }))
  await settled(acme)
  await directoryEquals(acme)
  const invitations = queued.filter(({ kind }) => kind === 'invitation')
  expect(invitations).toMatchObject([{ sendNumber: 1 }, { sendNumber: 2 }])
  return { acme, queued }
}

function listenToConsole(): () => string {
  const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation(() => {}),
  )
  return () => JSON.stringify(spies.flatMap((spy) => spy.mock.calls))
}

/** Every row of every table, but for the local mailbox, which stands for the recipients' own. */
async function dump(ask: (query: string) => Promise<unknown[]>): Promise<string> {
  const tables = (await ask(
    "select name from sqlite_master where type = 'table' and name not like '\\_cf%' escape '\\' and name <> 'mailbox'",
  )) as { name: string }[]
  const rows = await Promise.all(tables.map(({ name }) => ask(`select * from "${name}"`)))
  return JSON.stringify(rows)
}
