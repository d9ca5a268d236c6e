import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { as, operator } from '../support/api.ts'
import { type Invited, newInvitation, newOrganization, reseam, type Team } from '../support/api-builders.ts'
import { organizationsVia } from '../support/api-faults.ts'
import {
  deliver,
  deliverDead,
  type HeldMail,
  holdMails,
  inviteByMail,
  newest,
  permanent,
  transient,
  transport,
  unanswered,
} from '../support/api-mail.ts'
import { noticeMessage } from '../support/mails.ts'

const MINUTE = 60_000

let team: Team
beforeEach(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  team = await newOrganization()
})

const deliveryOf = async ({ path }: { path: string }): Promise<string> => (await team.owner.api.get(path)).body.delivery

const ACKNOWLEDGED = { explicitAcks: ['m0'], retryMessages: [], ackAll: false, retryBatch: { retry: false } }
const RETRIED = { explicitAcks: [], retryMessages: [{ msgId: 'm0' }], ackAll: false, retryBatch: { retry: false } }

describe('a mail', () => {
  test('is sent with the link of its invitation, and the organization learns so', async () => {
    const mail = await inviteByMail(team, { name: 'Ida' })
    expect(await deliveryOf(mail)).toBe('queued')
    const outbox = transport()

    const result = await deliver([mail.message], { transport: outbox })

    expect(result).toMatchObject(ACKNOWLEDGED)
    expect(await deliveryOf(mail)).toBe('sent')
    const [sent] = outbox.sent
    expect(sent).toMatchObject({ id: mail.message.id, to: { address: mail.message.email, name: 'Ida' } })
    const token = sent?.links[0]?.split('/').at(-1)
    expect((await as({}).get(`/v1/invitations/${token}`)).body.id).toBe(mail.message.invitationId)
  })

  test('is sent once however often its message is delivered', async () => {
    const mail = await inviteByMail(team)
    const outbox = transport()
    for (let time = 0; time < 3; time += 1) {
      expect(await deliver([mail.message], { transport: outbox })).toMatchObject(ACKNOWLEDGED)
    }
    expect(outbox.sent).toHaveLength(1)
  })

  test('is sent once when its message stands twice in a batch', async () => {
    const mail = await inviteByMail(team)
    const outbox = transport()
    await deliver([mail.message, mail.message], { transport: outbox })
    expect(outbox.sent).toHaveLength(1)
  })

  test('is sent once by deliveries at the same time; those that find it busy come again', async () => {
    const mail = await inviteByMail(team)
    const outbox = transport()

    const results = await Promise.all(Array.from({ length: 10 }, () => deliver([mail.message], { transport: outbox })))

    expect(outbox.sent).toHaveLength(1)
    for (const { explicitAcks, retryMessages } of results) {
      expect([...explicitAcks, ...retryMessages.map(({ msgId }) => msgId)]).toEqual(['m0'])
    }
    expect(await deliver([mail.message], { transport: outbox })).toMatchObject(ACKNOWLEDGED)
    expect(outbox.sent).toHaveLength(1)
  })
})

describe('a mail that is not taken for the moment', () => {
  test('is tried again after a delay that grows, up to an hour', async () => {
    const mail = await inviteByMail(team)
    const delays: (number | undefined)[] = []
    for (const attempts of [1, 2, 3, 4, 20]) {
      const result = await deliver([mail.message], { transport: transport(transient()), attempts })
      expect(result).toMatchObject(RETRIED)
      delays.push(...result.retryDelays)
    }
    expect(delays).toEqual([30, 60, 120, 240, 3600])
    expect(await deliveryOf(mail)).toBe('queued')
  })

  test('is sent once when it is taken at last', async () => {
    const mail = await inviteByMail(team)
    const outbox = transport(transient(), transient())
    await deliver([mail.message], { transport: outbox })
    await deliver([mail.message], { transport: outbox, attempts: 2 })
    expect(await deliver([mail.message], { transport: outbox, attempts: 3 })).toMatchObject(ACKNOWLEDGED)
    expect(outbox.sent).toHaveLength(1)
    expect(await deliveryOf(mail)).toBe('sent')
  })

  test('is tried again when sending throws', async () => {
    const mail = await inviteByMail(team)
    const throwing = { send: () => Promise.reject(new Error('socket closed')) }
    expect(await deliver([mail.message], { transport: throwing })).toMatchObject(RETRIED)
  })
})

describe('a mail that will never be taken', () => {
  test('is given up at once, and people can see so', async () => {
    const mail = await inviteByMail(team)
    const outbox = transport(permanent())
    expect(await deliver([mail.message], { transport: outbox })).toMatchObject(ACKNOWLEDGED)
    expect(await deliveryOf(mail)).toBe('failed')
    expect(await deliver([mail.message], { transport: outbox })).toMatchObject(ACKNOWLEDGED)
    expect(outbox.sent).toEqual([])
  })

  test('of all tries leaves the invitation as it is, to be resent', async () => {
    const mail = await inviteByMail(team)
    expect(await deliverDead([mail.message])).toMatchObject(ACKNOWLEDGED)
    expect((await team.owner.api.get(mail.path)).body).toMatchObject({ delivery: 'failed', status: 'pending' })
  })

  test('is not called failed when it had been sent after all', async () => {
    const mail = await inviteByMail(team)
    const deaf = organizationsVia((object) => ({
      read: (request) => object.read(request),
      execute: () => Promise.reject(new Error('unreachable')),
    }))
    await deliver([mail.message], { organizations: deaf })
    expect(await deliveryOf(mail)).toBe('queued')

    expect(await deliverDead([mail.message])).toMatchObject(ACKNOWLEDGED)

    expect(await deliveryOf(mail)).toBe('sent')
  })
})

describe('a mail that the server has, and did not answer about', () => {
  const HOURS = 60 * MINUTE
  const REPEATED = { ...RETRIED, retryDelays: [6 * 3600 + 60] }

  test('counts as sent, and goes out once more, hours later', async () => {
    const mail = await inviteByMail(team)
    const [start, outbox] = [Date.now(), transport(unanswered())]
    const at = (hours: number) => ({ transport: outbox, clock: () => start + hours * HOURS })

    expect(await deliver([mail.message], at(0))).toMatchObject(REPEATED)
    expect(await deliveryOf(mail)).toBe('sent')
    expect(await deliver([mail.message], at(5))).toMatchObject(REPEATED)
    expect(outbox.sent).toEqual([])
    expect(await deliver([mail.message], at(6.1))).toMatchObject(ACKNOWLEDGED)
    expect(outbox.sent).toHaveLength(1)
    expect(await deliver([mail.message], at(13))).toMatchObject(ACKNOWLEDGED)
    expect(outbox.sent).toHaveLength(1)
  })

  test('twice is not sent a third time', async () => {
    const mail = await inviteByMail(team)
    const [start, outbox] = [Date.now(), transport(unanswered(), unanswered())]
    const at = (hours: number) => ({ transport: outbox, clock: () => start + hours * HOURS })
    await deliver([mail.message], at(0))
    expect(await deliver([mail.message], at(7))).toMatchObject(ACKNOWLEDGED)
    expect(await deliver([mail.message], at(14))).toMatchObject(ACKNOWLEDGED)
    expect(outbox.sent).toEqual([])
    expect(await deliveryOf(mail)).toBe('sent')
  })

  test('is not sent once more when the invitation was answered meanwhile', async () => {
    const mail = await inviteByMail(team)
    const [start, outbox] = [Date.now(), transport(unanswered())]
    await deliver([mail.message], { transport: outbox, clock: () => start })
    await team.owner.api.post(`${mail.path}/cancel`)
    const late = await deliver([mail.message], { transport: outbox, clock: () => start + 7 * HOURS })
    expect(late).toMatchObject(ACKNOWLEDGED)
    expect(outbox.sent).toEqual([])
    expect(await deliveryOf(mail)).toBe('sent')
  })

  test('stays sent when the queue gives the message up', async () => {
    const mail = await inviteByMail(team)
    await deliver([mail.message], { transport: transport(unanswered()) })
    await deliverDead([mail.message])
    expect(await deliveryOf(mail)).toBe('sent')
  })

  test('for the second time is tried again when the server cannot be reached then', async () => {
    const mail = await inviteByMail(team)
    const [start, outbox] = [Date.now(), transport(unanswered(), transient())]
    const at = (hours: number) => ({ transport: outbox, clock: () => start + hours * HOURS })
    await deliver([mail.message], at(0))
    expect(await deliver([mail.message], at(7))).toMatchObject(RETRIED)
    expect(await deliver([mail.message], at(7.1))).toMatchObject(ACKNOWLEDGED)
    expect(outbox.sent).toHaveLength(1)
  })
})

describe('a delivery that dies', () => {
  test('after sending and before it is noted leads to a second mail, once its lease has passed', async () => {
    const mail = await inviteByMail(team)
    const [start, outbox] = [Date.now(), transport()]
    const dying = { send: () => new Promise<never>(() => undefined) }
    void deliver([mail.message], { transport: dying, clock: () => start })
    await vi.waitFor(async () => {
      const claimed = await env.ACCOUNTS.prepare('select 1 from mail_attempts where message_id = ?')
        .bind(mail.message.id)
        .first()
      expect(claimed).not.toBeNull()
    })

    const early = await deliver([mail.message], { transport: outbox, clock: () => start + MINUTE })
    const late = await deliver([mail.message], { transport: outbox, clock: () => start + 3 * MINUTE })

    expect(early).toMatchObject(RETRIED)
    expect(late).toMatchObject(ACKNOWLEDGED)
    expect(outbox.sent).toHaveLength(1)
    expect(await deliveryOf(mail)).toBe('sent')
  })

  test('before the organization has heard is repeated, without another mail', async () => {
    const mail = await inviteByMail(team)
    const outbox = transport()
    const deaf = organizationsVia((object) => ({
      read: (request) => object.read(request),
      execute: () => Promise.reject(new Error('unreachable')),
    }))
    expect(await deliver([mail.message], { transport: outbox, organizations: deaf })).toMatchObject(RETRIED)

    expect(await deliver([mail.message], { transport: outbox, attempts: 2 })).toMatchObject(ACKNOWLEDGED)

    expect(outbox.sent).toHaveLength(1)
    expect(await deliveryOf(mail)).toBe('sent')
  })
})

describe('a batch', () => {
  test('has each message acknowledged or retried by itself', async () => {
    const mails = [await inviteByMail(team), await inviteByMail(team), await inviteByMail(team)]
    const other = await newOrganization()
    const [refused, unheard] = [mails[1]?.message.email, await inviteByMail(other)]
    const outbox = transport()
    const picky = {
      send: async (mail: Parameters<typeof outbox.send>[0]) =>
        mail.to.address === refused ? { ok: false as const, error: transient() } : outbox.send(mail),
    }
    const partlyDeaf = organizationsVia((object, id) =>
      id === other.id
        ? { read: (request) => object.read(request), execute: () => Promise.reject(new Error('unreachable')) }
        : object,
    )

    const messages = [...mails.map(({ message }) => message), { version: 1, nonsense: true }, unheard.message]
    const result = await deliver(messages, { transport: picky, organizations: partlyDeaf })

    expect(result.explicitAcks.sort()).toEqual(['m0', 'm2'])
    expect(result.retryMessages.map(({ msgId }) => msgId).sort()).toEqual(['m1', 'm3', 'm4'])
    expect(result).toMatchObject({ ackAll: false, retryBatch: { retry: false } })
  })

  test('that cannot be read is retried, not lost', async () => {
    const { message } = await inviteByMail(team)
    const unreadable = [null, 'text', {}, { ...message, version: 2 }, { ...message, kind: 'nonsense' }]
    const outbox = transport()
    const result = await deliver(unreadable, { transport: outbox })
    expect(result.explicitAcks).toEqual([])
    expect(result.retryMessages.map(({ msgId }) => msgId).sort()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4'])
    expect(outbox.sent).toEqual([])
  })

  test('takes a call for each mail, and one that tells an organization what became of all of its mails', async () => {
    const mails = [await inviteByMail(team), await inviteByMail(team), await inviteByMail(team)]
    let calls = 0
    const counting = organizationsVia((object) => {
      calls += 1
      return object
    })
    await deliver(
      mails.map(({ message }) => message),
      { organizations: counting },
    )
    expect(calls).toBe(4)
    for (const mail of mails) expect(await deliveryOf(mail)).toBe('sent')
  })
})

test('a notice to a member is sent once, however often its message is delivered, and is no delivery of an invitation', async () => {
  const outbox = transport()
  const organizations = organizationsVia(() => expect.fail('no organization is told'))
  const notice = noticeMessage()
  for (let time = 0; time < 3; time += 1) {
    expect(await deliver([notice, notice], { transport: outbox, organizations })).toMatchObject({ retryMessages: [] })
  }
  expect(outbox.sent).toMatchObject([{ id: notice.id, to: { address: notice.email } }])
})

describe('a mail of an invitation that was resent', () => {
  async function resent(): Promise<{ invitation: Invited; first: unknown; second: unknown }> {
    const held = await holdMails(team)
    const invitation = await newInvitation(team, { send_email: true })
    const first = await newest(held, invitation.id)
    await reseam(team, { clock: () => Date.now() + 2 * MINUTE })
    expect((await as(operator).post(`${invitation.path}/resend`)).status).toBe(200)
    const second = await vi.waitFor(async () => {
      const message = await newest(held, invitation.id)
      expect(message.sendNumber).toBe(2)
      return message
    })
    return { invitation, first, second }
  }

  test('does not overwrite what became of the newer one', async () => {
    const { invitation, first, second } = await resent()
    await deliver([second])
    expect(await deliver([first], { transport: transport(permanent()) })).toMatchObject(ACKNOWLEDGED)
    expect(await deliveryOf(invitation)).toBe('sent')
  })

  test('is not sent, and does not speak for the newer one', async () => {
    const { invitation, first } = await resent()
    const outbox = transport()
    expect(await deliver([first], { transport: outbox })).toMatchObject(ACKNOWLEDGED)
    expect(outbox.sent).toEqual([])
    expect(await deliveryOf(invitation)).toBe('queued')
  })
})

describe('a mail whose invitation is over before the mail leaves is not sent', () => {
  const over: readonly (readonly [string, (mail: HeldMail) => Promise<unknown>])[] = [
    ['canceled', ({ path }) => team.owner.api.post(`${path}/cancel`)],
    ['expired', () => reseam(team, { clock: () => Date.now() + 20 * 24 * 60 * MINUTE })],
    ['of a deleted organization', () => as(operator).delete(team.path)],
  ]
  test.each(over)('%s', async (_, end) => {
    const mail = await inviteByMail(team)
    await end(mail)
    const outbox = transport()
    expect(await deliver([mail.message], { transport: outbox })).toMatchObject(ACKNOWLEDGED)
    expect(outbox.sent).toEqual([])
    await as(operator).post(`${team.path}/restore`)
    expect(await deliveryOf(mail)).toBe('failed')
  })

  test('canceled while the mails before it in the batch are sent', async () => {
    const mails = [
      await inviteByMail(team),
      await inviteByMail(team),
      await inviteByMail(team),
      await inviteByMail(team),
    ]
    const last = await inviteByMail(team)
    const canceled = Promise.withResolvers<void>()
    const outbox = transport()
    let sends = 0
    const slow = {
      send: async (mail: Parameters<typeof outbox.send>[0]) => {
        sends += 1
        if (sends === mails.length) {
          await team.owner.api.post(`${last.path}/cancel`)
          canceled.resolve()
        }
        await canceled.promise
        return outbox.send(mail)
      },
    }
    const messages = [...mails, last].map(({ message }) => message)
    const result = await deliver(messages, { transport: slow })
    expect(result.explicitAcks).toHaveLength(5)
    expect(outbox.sent.map(({ id }) => id).sort()).toEqual(mails.map(({ message }) => message.id).sort())
    expect(await deliveryOf(last)).toBe('failed')
  })

  test('but one that was sent before stays sent, when its message comes again', async () => {
    const mail = await inviteByMail(team)
    const deaf = organizationsVia((object) => ({
      read: (request) => object.read(request),
      execute: () => Promise.reject(new Error('unreachable')),
    }))
    await deliver([mail.message], { organizations: deaf })
    await team.owner.api.post(`${mail.path}/cancel`)
    expect(await deliver([mail.message], { attempts: 2 })).toMatchObject(ACKNOWLEDGED)
    expect(await deliveryOf(mail)).toBe('sent')
  })

  test('and nothing is sent while the organization cannot be asked', async () => {
    const mail = await inviteByMail(team)
    const outbox = transport()
    const silent = organizationsVia(() => ({ read: () => Promise.reject(new Error('unreachable')) }))
    expect(await deliver([mail.message], { transport: outbox, organizations: silent })).toMatchObject(RETRIED)
    expect(outbox.sent).toEqual([])
    expect(await deliver([mail.message], { transport: outbox })).toMatchObject(ACKNOWLEDGED)
    expect(outbox.sent).toHaveLength(1)
  })
})
