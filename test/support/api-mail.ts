import { createExecutionContext, createMessageBatch, getQueueResult, type QueueResult } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import type { InvitationMessage, OrganizationMessage } from '../../src/contract/mail-message.ts'
import { configOf } from '../../src/env.ts'
import { consumeDeadMail, consumeMail, type MailDependencies } from '../../src/jobs/mail-consumer.ts'
import type { DeliveryFailure, OutgoingMail, Transport } from '../../src/mail/transport.ts'
import { ok, refuse } from '../../src/membership/result.ts'
import { created, emailOfFile, reseam, type Team } from './api-builders.ts'

/** An invitation whose mail is held back from the queue, for a test to deliver by itself. */
export interface HeldMail {
  readonly message: InvitationMessage
  /** Of the invitation. */
  readonly path: string
}

let invitees = 0

export async function inviteByMail(team: Team, fields: object = {}): Promise<HeldMail> {
  invitees += 1
  const held = await holdMails(team)
  const body = { email: emailOfFile(`mailed-${invitees}`), ...fields }
  const { id } = created(await team.owner.api.post(`${team.path}/invitations`, body))
  const message = await newest(held, id)
  return { message, path: `${team.path}/invitations/${id}` }
}

/** From now on the organization's messages are kept here instead of going to the queue. */
export async function holdMails(team: { id: string }): Promise<OrganizationMessage[]> {
  const held: OrganizationMessage[] = []
  await reseam(team, {
    enqueue: async (messages) => {
      held.push(...messages)
    },
  })
  return held
}

/** The relay hands messages over right after the commit, not before the answer. */
export async function newest(held: readonly OrganizationMessage[], invitationId: string): Promise<InvitationMessage> {
  for (;;) {
    const message = held.findLast((one) => one.kind === 'invitation' && one.invitationId === invitationId)
    if (message?.kind === 'invitation') return message
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export interface Outbox extends Transport {
  readonly sent: OutgoingMail[]
}

/** Takes mails, or answers with the failures given first, one per attempt. */
export function transport(...failures: DeliveryFailure[]): Outbox {
  const sent: OutgoingMail[] = []
  return {
    sent,
    async send(mail) {
      const failure = failures.shift()
      if (failure !== undefined) return refuse(failure)
      sent.push(mail)
      return ok(undefined)
    },
  }
}

export const transient = (): DeliveryFailure => ({ kind: 'transient', detail: '451 later' })
export const unanswered = (): DeliveryFailure => ({ kind: 'unanswered', detail: 'no answer after DATA' })
export const permanent = (): DeliveryFailure => ({ kind: 'permanent', detail: '550 no such user' })

interface Circumstances extends Partial<MailDependencies> {
  readonly attempts?: number
}

/** What became of the messages; the platform's own account of it leaves out after how long a retry was wished for. */
export interface Delivered extends QueueResult {
  readonly retryDelays: readonly (number | undefined)[]
}

/** One delivery of these bodies by the queue, named `m0`, `m1` and so on. */
export const deliver = (bodies: readonly unknown[], circumstances: Circumstances = {}): Promise<Delivered> =>
  consumedBy(consumeMail, 'muster-mail', bodies, circumstances)

export const deliverDead = (bodies: readonly unknown[], circumstances: Circumstances = {}): Promise<Delivered> =>
  consumedBy(consumeDeadMail, 'muster-mail-dead', bodies, circumstances)

async function consumedBy(
  consume: typeof consumeMail,
  queue: string,
  bodies: readonly unknown[],
  { attempts = 1, ...dependencies }: Circumstances,
): Promise<Delivered> {
  const messages = bodies.map((body, index) => ({ id: `m${index}`, timestamp: new Date(), attempts, body }))
  const batch = createMessageBatch(queue, messages)
  const context = createExecutionContext()
  const config = configOf(env)
  const retries = batch.messages.map((message) => vi.spyOn(message, 'retry'))
  await consume(batch, {
    accounts: env.ACCOUNTS,
    organizations: env.ORGANIZATION,
    transport: transport(),
    from: config.MAIL_FROM,
    publicUrl: config.PUBLIC_URL,
    linkKeys: config.LINK_KEYS,
    clock: Date.now,
    ...dependencies,
  })
  const retryDelays = retries.flatMap(({ mock }) => mock.calls.map(([options]) => options?.delaySeconds))
  return { ...(await getQueueResult(batch, context)), retryDelays }
}
