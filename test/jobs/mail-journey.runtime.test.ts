import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/d1'
import { expect, test, vi } from 'vitest'
import worker from '../../src/index.ts'
import { listMailbox } from '../../src/mail/mailbox.ts'
import { as, nobody, operator } from '../support/api.ts'
import { created, emailOfFile, newOrganization } from '../support/api-builders.ts'
import { inviteByMail } from '../support/api-mail.ts'

/* Nothing is replaced here: object, relay, queue, consumer, transport and directory as they are deployed. */

const EVENTUALLY = { timeout: 90_000, interval: 100 }

const mailsTo = (address: string) => listMailbox(drizzle(env.ACCOUNTS), { to: address, limit: 10 })

test('an invitation becomes a mail whose link makes a member, and its sender sees that it was sent', async () => {
  const team = await newOrganization({ name: 'Journey Ltd' })
  const ida = emailOfFile('ida')
  await as(operator).patch('/v1/settings', { organization_label: { singular: 'Company', plural: 'Companies' } })

  const invited = await team.owner.api.post(`${team.path}/invitations`, { email: ida, name: 'Ida' })
  const { id, delivery } = created(invited)
  expect(delivery).toBe('queued')

  const [mail] = await vi.waitFor(async () => {
    const mails = await mailsTo(ida)
    expect(mails).toHaveLength(1)
    return mails
  }, EVENTUALLY)
  await vi.waitFor(async () => {
    expect((await team.owner.api.get(`${team.path}/invitations/${id}`)).body.delivery).toBe('sent')
  }, EVENTUALLY)
  expect(mail?.subject).toContain('Journey Ltd')
  expect(mail?.text).toContain('Company: Journey Ltd')

  const token = mail?.links
    .find((link) => link.startsWith('https://muster.test/invitations/'))
    ?.split('/')
    .at(-1)
  const accepted = await as(nobody).post(`/v1/invitations/${token}/accept`)
  expect(accepted.body.member).toMatchObject({ email: ida, status: 'active' })
})

test('every one of many invitations at once gets its one mail', async () => {
  const team = await newOrganization()
  const emails = Array.from({ length: 60 }, (_, index) => emailOfFile(`crowd-${index}`))
  const invited = await team.owner.api.post(`${team.path}/invitations/bulk`, { emails })
  expect(invited.body.results.every(({ outcome }: { outcome: string }) => outcome === 'invited')).toBe(true)

  await vi.waitFor(async () => {
    const { body } = await team.owner.api.get(`${team.path}/invitations?limit=100`)
    const deliveries = body.data.map(({ delivery }: { delivery: string }) => delivery)
    expect(deliveries).toEqual(Array(60).fill('sent'))
  }, EVENTUALLY)
  const mails = await Promise.all(emails.map(mailsTo))
  expect(mails.map(({ length }) => length)).toEqual(Array(60).fill(1))
})

test('a message that was tried in vain becomes a failed delivery, by the queue it arrives on', async () => {
  const team = await newOrganization()
  const { message, path } = await inviteByMail(team)
  const dead = { id: 'dead-1', timestamp: new Date(), attempts: 9, body: message }
  const batch = createMessageBatch('muster-mail-dead', [dead])

  await worker.queue(batch, env)

  expect(await getQueueResult(batch, createExecutionContext())).toMatchObject({ explicitAcks: ['dead-1'] })
  expect((await team.owner.api.get(path)).body.delivery).toBe('failed')
  expect(await mailsTo(message.email)).toEqual([])
})
