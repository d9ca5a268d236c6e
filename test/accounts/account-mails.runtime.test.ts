import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { expect, test, vi } from 'vitest'
import { flushAccountMails, queueAccountMail, sendOverdueAccountMails } from '../../src/accounts/account-mails.ts'
import type { AccountMail } from '../../src/contract/mail-message.ts'

const database = drizzle(env.ACCOUNTS)
let mails = 0
const newMail = (): AccountMail => ({
  version: 1,
  kind: 'email_changed',
  id: `account-mail-${++mails}`,
  email: 'ann@x.test',
  changedAt: 1,
})

const write = (message: AccountMail, when = sql`true`, now = Date.now()) =>
  database.batch([queueAccountMail(database, message, when, now)])

const waiting = async (): Promise<unknown[]> =>
  (await env.ACCOUNTS.prepare('select id from account_mails order by id').all()).results.map(({ id }) => id)

/** What a queue has taken; `isDown` makes it refuse. */
function queue(isDown = false) {
  const taken: unknown[] = []
  const sendBatch = vi.fn(async (batch: Iterable<{ body: unknown }>) => {
    if (isDown) throw new Error('out of reach')
    taken.push(...[...batch].map(({ body }) => body))
  })
  return { taken, queue: { sendBatch } as unknown as Queue }
}

test('a mail leaves once, and its row goes when the queue has it', async () => {
  const mail = newMail()
  await write(mail)
  const { taken, queue: mailQueue } = queue()
  await flushAccountMails(env.ACCOUNTS, mailQueue, [mail.id])
  await flushAccountMails(env.ACCOUNTS, mailQueue, [mail.id])
  expect([taken, await waiting()]).toEqual([[mail], []])
})

test('a mail is not written where its condition does not hold', async () => {
  await write(newMail(), sql`false`)
  expect(await waiting()).toEqual([])
})

test('cron sends the mails behind those that the queue does not take, and the run counts as failed', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const ids = Array.from({ length: 250 }, () => newMail())
  for (const [index, mail] of ids.entries()) await write(mail, sql`true`, index)
  const { taken, queue: mailQueue } = queue()
  const sendBatch = vi.fn(mailQueue.sendBatch).mockRejectedValueOnce(new Error('out of reach'))
  const picky = { sendBatch } as unknown as Queue
  await expect(sendOverdueAccountMails(env.ACCOUNTS, picky, 70_000, 1_000)).rejects.toThrow('out of reach')
  expect(taken).toEqual(ids.slice(100))
  await sendOverdueAccountMails(env.ACCOUNTS, mailQueue, 70_000, 1_000)
  expect([taken.length, await waiting()]).toEqual([250, []])
})

test('cron sends what the queue did not take, and not before its own call had the time', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const mail = newMail()
  await write(mail, sql`true`, 1_000)
  await flushAccountMails(env.ACCOUNTS, queue(true).queue, [mail.id])
  expect(await waiting()).toEqual([mail.id])
  const { taken, queue: mailQueue } = queue()
  await sendOverdueAccountMails(env.ACCOUNTS, mailQueue, 60_999, 100)
  expect(taken).toEqual([])
  await sendOverdueAccountMails(env.ACCOUNTS, mailQueue, 61_000, 100)
  expect([taken, await waiting()]).toEqual([[mail], []])
})
