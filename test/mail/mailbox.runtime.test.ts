import { env } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/d1'
import { expect, test } from 'vitest'
import { listMailbox, mailboxTransport } from '../../src/mail/mailbox.ts'
import { outgoingMail } from '../support/mails.ts'

const db = drizzle(env.ACCOUNTS)
const mailbox = mailboxTransport(db)

const to = (address: string) => ({ address, name: null })

test('keeps the mail as it was sent', async () => {
  expect(await mailbox.send(outgoingMail({ id: 'kept', to: to('kept@x.test') }))).toEqual({
    ok: true,
    value: undefined,
  })
  const { subject, text, html, links, sentAt } = outgoingMail()
  expect(await listMailbox(db, { to: 'kept@x.test', limit: 10 })).toEqual([
    { id: 'kept', toAddress: 'kept@x.test', subject, text, html, links, sentAt },
  ])
})

test('a mail that is sent again is there once, as first sent', async () => {
  await mailbox.send(outgoingMail({ id: 'again', to: to('again@x.test'), subject: 'first' }))
  expect((await mailbox.send(outgoingMail({ id: 'again', to: to('again@x.test'), subject: 'second' }))).ok).toBe(true)
  const mails = await listMailbox(db, { to: 'again@x.test', limit: 10 })
  expect(mails.map(({ subject }) => subject)).toEqual(['first'])
})

test('lists the newest first, of one address or of all', async () => {
  const minute = (number: number) => Date.UTC(2030, 0, 1, 0, number)
  await mailbox.send(outgoingMail({ id: 'ann-1', to: to('ann@y.test'), sentAt: minute(1) }))
  await mailbox.send(outgoingMail({ id: 'ann-3', to: to('ann@y.test'), sentAt: minute(3) }))
  await mailbox.send(outgoingMail({ id: 'bob-2', to: to('bob@y.test'), sentAt: minute(2) }))
  await mailbox.send(outgoingMail({ id: 'ann-0', to: to('ann@y.test'), sentAt: minute(0) }))
  const ids = async (query: { to?: string; limit: number }) => (await listMailbox(db, query)).map(({ id }) => id)
  expect(await ids({ to: 'ann@y.test', limit: 10 })).toEqual(['ann-3', 'ann-1', 'ann-0'])
  expect(await ids({ limit: 3 })).toEqual(['ann-3', 'bob-2', 'ann-1'])
  expect(await ids({ to: 'ann@y.test', limit: 1 })).toEqual(['ann-3'])
  expect(await ids({ to: 'nobody@y.test', limit: 10 })).toEqual([])
})
