import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DEFAULT_SETTINGS, type UpdateSettings } from '../../src/contract/settings.ts'
import { delayMail, releaseMails } from '../../src/directory/delayed-mails.ts'
import { blockInvitationMails } from '../../src/directory/mail-blocks.ts'
import { as, operator } from '../support/api.ts'
import { created, emailOfFile, newOrganization, newUser, type Person, type Team } from '../support/api-builders.ts'
import { deliver, type HeldMail, inviteByMail, transient, transport } from '../support/api-mail.ts'
import { runCron } from '../support/cron.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const start = Date.now()

let recipients = 0
const stranger = () => emailOfFile(`stranger-${++recipients}`)

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})
afterEach(() => settingsAre())

const deliveryOf = async (team: Team, { path }: HeldMail): Promise<string> =>
  (await team.owner.api.get(path)).body.delivery

/** The mails of one team to each of these, in one batch. */
async function mailsTo(team: Team, emails: readonly string[]): Promise<HeldMail[]> {
  const mails: HeldMail[] = []
  for (const email of emails) mails.push(await inviteByMail(team, { email }))
  return mails
}

const messagesOf = (mails: readonly HeldMail[]) => mails.map(({ message }) => message)
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))

/** What cron would bring to the queue at that time, of these. */
async function released(mails: readonly HeldMail[], now: number): Promise<string[]> {
  const sent: string[] = []
  const MAIL_QUEUE = {
    ...env.MAIL_QUEUE,
    sendBatch: async (messages: { body: { id: string } }[]) => void sent.push(...messages.map(({ body }) => body.id)),
  }
  await runCron(now, { ...env, MAIL_QUEUE } as unknown as Env)
  return sent.filter((id) => mails.some(({ message }) => message.id === id))
}

/** An organization that a person has made by themselves. */
async function ownOrganization(): Promise<Team> {
  const owner = await newUser()
  return teamOf(owner, created(await owner.api.post('/v1/organizations', { name: 'Own' })))
}

/** One that the operator has made for a person. */
async function givenOrganization(owner: Person): Promise<Team> {
  return teamOf(
    owner,
    created(await as(operator).post('/v1/organizations', { name: 'Given', owner_user_id: owner.id })),
  )
}

function teamOf(owner: Person, { id, slug }: { readonly id: string; readonly slug: string }): Team {
  return { id, slug, path: `/v1/organizations/${id}`, owner: { ...owner, memberId: '' } }
}

const settingsAre = async (settings: UpdateSettings = {}): Promise<void> => {
  const { object: _, ...defaults } = DEFAULT_SETTINGS
  expect((await as(operator).patch('/v1/settings', { ...defaults, ...settings })).status).toBe(200)
}

describe('one recipient', () => {
  test('gets so many a day from all organizations, exactly, and the others are delayed', async () => {
    const email = stranger()
    const teams = await Promise.all(times(12, () => newOrganization()))
    const mails = await Promise.all(teams.map((team) => inviteByMail(team, { email })))
    const outbox = transport()

    await Promise.all(mails.map(({ message }) => deliver([message], { transport: outbox, clock: () => start })))

    expect(outbox.sent).toHaveLength(5)
    const deliveries = await Promise.all(mails.map((mail, n) => deliveryOf(teams[n] as Team, mail)))
    expect(deliveries.toSorted()).toEqual([...times(7, () => 'delayed'), ...times(5, () => 'sent')])
  })

  test('gets no more by plus-addresses, and wants no more at any of them', async () => {
    const email = stranger()
    const tagged = (tag: string) => email.replace('@', `+${tag}@`)
    const team = await newOrganization()
    const outbox = transport()
    const mails = await mailsTo(
      team,
      times(7, (n) => tagged(`${n}`)),
    )
    await deliver(messagesOf(mails), { transport: outbox, clock: () => start })
    expect(outbox.sent).toHaveLength(5)

    const quiet = stranger()
    await blockInvitationMails(env.ACCOUNTS, quiet.replace('@', '+a@'), start)
    const [blocked] = await mailsTo(team, [quiet.replace('@', '+b@')])
    if (blocked === undefined) throw new Error('One was invited')
    await deliver([blocked.message], { transport: outbox, clock: () => start })
    expect(await deliveryOf(team, blocked)).toBe('blocked')
  })

  test('gets the rest on the next days, each mail once', async () => {
    const email = stranger()
    await settingsAre({ invitation_mails_per_recipient_per_day: 2 })
    const teams = await Promise.all(times(5, () => newOrganization()))
    const mails = await Promise.all(teams.map((team) => inviteByMail(team, { email })))
    const byId = new Map(mails.map(({ message }) => [message.id, message]))
    const outbox = transport()
    await deliver(messagesOf(mails), { transport: outbox, clock: () => start })
    expect(outbox.sent).toHaveLength(2)

    for (const [day, count] of [
      [1, 4],
      [2, 5],
      [3, 5],
    ] as const) {
      const now = start + day * 25 * HOUR
      expect(await released(mails, now - 2 * HOUR)).toEqual([])
      const due = [...(await released(mails, now)), ...(await released(mails, now + 1))]
      await deliver(
        due.map((id) => byId.get(id)),
        { transport: outbox, clock: () => now },
      )
      expect(outbox.sent).toHaveLength(count)
    }
    expect(new Set(outbox.sent.map(({ id }) => id)).size).toBe(5)
    const deliveries = await Promise.all(mails.map((mail, n) => deliveryOf(teams[n] as Team, mail)))
    expect(deliveries).toEqual(times(5, () => 'sent'))
  })

  test('is not kept from others by organizations that are new: theirs come last', async () => {
    const email = stranger()
    await settingsAre({ invitation_mails_per_recipient_per_day: 1 })
    const [first, fresh, known] = [await newOrganization(), await ownOrganization(), await newOrganization()]
    const mails = await Promise.all([first, fresh, known].map((team) => inviteByMail(team, { email })))
    for (const { message } of mails) await deliver([message], { clock: () => start })
    expect(await deliveryOf(known, mails[2] as HeldMail)).toBe('delayed')

    expect(await released(mails, start + 25 * HOUR)).toEqual([mails[2]?.message.id])

    const later = await inviteByMail(await ownOrganization(), { email })
    const outbox = transport()
    await deliver([later.message], { transport: outbox, clock: () => start + 25 * HOUR })
    expect(outbox.sent).toEqual([])
  })

  test('loses no share to a delivery that stops before the mail is sent', async () => {
    const email = stranger()
    await settingsAre({ invitation_mails_per_recipient_per_day: 2 })
    const [first, second] = [await newOrganization(), await newOrganization()]
    const mails = [await inviteByMail(first, { email }), await inviteByMail(second, { email })]
    const stopped = Promise.withResolvers<void>()
    const stopping = {
      send: () => {
        stopped.resolve()
        return new Promise<never>(() => undefined)
      },
    }
    void deliver([mails[0]?.message], { transport: stopping, clock: () => start })
    await stopped.promise

    const outbox = transport()
    const later = { transport: outbox, clock: () => start + 3 * MINUTE }
    await deliver(messagesOf(mails), later)
    expect(outbox.sent).toHaveLength(2)
    const third = await inviteByMail(await newOrganization(), { email })
    await deliver([third.message], later)
    expect(outbox.sent).toHaveLength(2)
  })

  test('who was not reached keeps their share', async () => {
    const email = stranger()
    await settingsAre({ invitation_mails_per_recipient_per_day: 1 })
    const mail = await inviteByMail(await newOrganization(), { email })
    const outbox = transport(transient())
    await deliver([mail.message], { transport: outbox, clock: () => start })
    await deliver([mail.message], { transport: outbox, clock: () => start })
    expect(outbox.sent).toHaveLength(1)
  })
})

test('one person invites so many a day, exactly, in all organizations and by keys of theirs', async () => {
  await settingsAre({ invitation_mails_per_inviter_per_day: 10 })
  const person = await newUser()
  const teams = [await givenOrganization(person), await givenOrganization(person)]
  const mails = (await Promise.all(teams.map((team) => mailsTo(team, times(8, stranger))))).flat()
  const outbox = transport()
  await Promise.all(mails.map(({ message }) => deliver([message], { transport: outbox, clock: () => start })))
  expect(outbox.sent).toHaveLength(10)
})

describe('a new organization', () => {
  test('that its owner has made mails so many a day, exactly', async () => {
    await settingsAre({ new_organization_mails_per_day: 6 })
    const team = await ownOrganization()
    const mails = await mailsTo(team, times(12, stranger))
    const outbox = transport()
    await Promise.all(mails.map(({ message }) => deliver([message], { transport: outbox, clock: () => start })))
    expect(outbox.sent).toHaveLength(6)
  })

  test('is not new after seven days, and never if the operator has made it', async () => {
    await settingsAre({ new_organization_mails_per_day: 1 })
    const outbox = transport()
    const own = await mailsTo(await ownOrganization(), times(2, stranger))
    await deliver(messagesOf(own), { transport: outbox, clock: () => start + 8 * 24 * HOUR })
    const given = await mailsTo(await newOrganization(), times(2, stranger))
    await deliver(messagesOf(given), { transport: outbox, clock: () => start })
    expect(outbox.sent).toHaveLength(4)
  })
})

test('who wants no more invitations gets none, and the inviter sees so', async () => {
  const team = await newOrganization()
  const [mail] = await mailsTo(team, [stranger()])
  await blockInvitationMails(env.ACCOUNTS, mail?.message.email ?? '', start)
  const outbox = transport()
  await deliver([mail?.message], { transport: outbox })
  await deliver([mail?.message], { transport: outbox })
  expect(outbox.sent).toEqual([])
  expect(await deliveryOf(team, mail as HeldMail)).toBe('blocked')
})

describe('cron', () => {
  const wait = async (isNew: boolean, notBefore: number): Promise<string> => {
    const [mail] = await mailsTo(team, [stranger()])
    const { message } = mail as HeldMail
    await delayMail(env.ACCOUNTS, { mail: message, isNew }, { notBefore, inLine: false }, start)
    return message.id
  }
  let team: Team
  beforeEach(async () => {
    team = await newOrganization()
    await env.ACCOUNTS.prepare('delete from delayed_mails').run()
  })

  test('brings mails of known organizations before all mails of new ones, to whomever they go', async () => {
    const fresh = [await wait(true, 1), await wait(true, 2), await wait(true, 3)]
    const known = [await wait(false, 5), await wait(false, 4)]
    const brought = await releaseMails(env.ACCOUNTS, 10, { perRecipient: 5, limit: 3 })
    expect(brought.map(({ id }) => id)).toEqual([known[1], known[0], fresh[0]])
  })

  test('finds due mails by an index, and looks at a bounded number of them', async () => {
    const plans: string[] = []
    const watching = new Proxy(env.ACCOUNTS, {
      get(target, name) {
        if (name !== 'prepare') return Reflect.get(target, name)
        return (query: string) => {
          plans.push(query)
          return target.prepare(query)
        }
      },
    })
    await releaseMails(watching, 10, { perRecipient: 5, limit: 3 })
    const { results } = await env.ACCOUNTS.prepare(`explain query plan ${plans[0]}`)
      .bind(0, 10, 15, 1, 10, 15, 5, 3)
      .all<{ detail: string }>()
    const details = results.map(({ detail }) => detail)
    const due = 'SEARCH delayed_mails USING INDEX delayed_mails_due (is_new=? AND not_before<?)'
    expect(details.filter((detail) => detail.includes('delayed_mails'))).toEqual([due, due])
  })

  test('goes on behind mails that the queue does not take', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const [held] = await mailsTo(team, [stranger()])
    for (const id of times(120, String)) {
      const mail = { ...(held as HeldMail).message, id, email: stranger() }
      await delayMail(env.ACCOUNTS, { mail, isNew: false }, { notBefore: start, inLine: false }, start)
    }
    const sendBatch = vi.fn(async () => undefined).mockRejectedValueOnce(new Error('out of reach'))
    await runCron(start, { ...env, MAIL_QUEUE: { ...env.MAIL_QUEUE, sendBatch } } as unknown as Env)
    const { count } = (await env.ACCOUNTS.prepare(
      'select count(*) as count from delayed_mails where released_at is not null',
    ).first<{ count: number }>()) as { count: number }
    expect(count).toBeGreaterThan(0)
    expect(count).toBeLessThan(120)
  })
})

test('a delayed mail whose invitation is over by then is not sent', async () => {
  await settingsAre({ invitation_mails_per_recipient_per_day: 1 })
  const email = stranger()
  const [first, second] = [await newOrganization(), await newOrganization()]
  const mails = [await inviteByMail(first, { email }), await inviteByMail(second, { email })]
  for (const { message } of mails) await deliver([message], { clock: () => start })
  await as(operator).post(`${mails[1]?.path}/cancel`)
  const outbox = transport()
  await deliver([mails[1]?.message], { transport: outbox, clock: () => start + 25 * HOUR })
  expect(outbox.sent).toEqual([])
  expect(await released(mails, start + 50 * HOUR)).toEqual([])
})
