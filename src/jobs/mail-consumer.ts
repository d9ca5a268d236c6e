import { findAddressChange, takeBackUrl } from '../accounts/address-changes.ts'
import { giveBack } from '../accounts/attempts.ts'
import { codeOf, emailChangeUrl, signInUrl } from '../accounts/challenge-proof.ts'
import { findChallenge } from '../accounts/email-challenges.ts'
import { invitationUrl } from '../accounts/invitation-link.ts'
import { noInvitationsUrl } from '../accounts/no-invitations-link.ts'
import type { LinkKey } from '../accounts/signed-token.ts'
import { type InvitationMessage, MailMessage } from '../contract/mail-message.ts'
import { claimMail, noteUnanswered, releaseMail, type SettledMail, settleMail } from '../directory/mail-attempts.ts'
import { currentSettings } from '../directory/settings.ts'
import { composeInvitation } from '../mail/compose.tsx'
import { composeEmailChange, composeEmailChanged } from '../mail/compose-email-change.tsx'
import { composeNewDevice } from '../mail/compose-new-device.tsx'
import { composeNotice } from '../mail/compose-notice.tsx'
import { composeReauthentication } from '../mail/compose-reauthentication.ts'
import { composeSignIn } from '../mail/compose-sign-in.ts'
import type { Mail } from '../mail/mail.ts'
import type { Transport } from '../mail/transport.ts'
import type { RecordDeliveries } from '../membership/commands.ts'
import { type OrganizationNamespace, organizationClient } from '../organization/client.ts'
import { eachOf } from './bounded.ts'
import { admit } from './mail-admission.ts'
import { askForSender, type Sender } from './wanted-mails.ts'

export interface MailDependencies {
  readonly accounts: D1Database
  readonly organizations: OrganizationNamespace
  readonly transport: Transport
  readonly from: string
  readonly publicUrl: string
  readonly linkKeys: readonly LinkKey[]
  readonly clock: () => number
}

/** A Worker has six connections at a time, and a mail just sent still holds one until the server has said goodbye. */
const MAILS_AT_ONCE = 4
const BUSY_RETRY_SECONDS = 60
const FIRST_RETRY_SECONDS = 30
const LAST_RETRY_SECONDS = 60 * 60
/** A mail that may have been delivered is sent once more, no sooner than `mail-attempts.ts` allows. */
const REPEAT_SECONDS = 6 * 60 * 60 + 60

type Report = RecordDeliveries['deliveries'][number]

/** What became of a mail; `again`: it is nevertheless to be sent once more. */
interface Outcome {
  readonly delivery: Report['delivery']
  readonly again?: true
}

interface Settled {
  readonly mail: InvitationMessage
  readonly report: Report
  readonly message: Message
  readonly done: () => void
}

/**
 * Sends the mails of a batch and tells each organization what became of its invitations. A message is acknowledged by
 * itself, once its organization knows; whatever fails before leads to another delivery, which finds the mail settled and
 * sends nothing.
 */
export async function consumeMail(batch: MessageBatch, dependencies: MailDependencies): Promise<void> {
  await consume(batch, dependencies, async (message, mail) => deliver(message, mail, dependencies))
}

/** For messages that were tried in vain: people can see that the mail did not get through, and resend it. */
export async function consumeDeadMail(batch: MessageBatch, dependencies: MailDependencies): Promise<void> {
  const { accounts, clock } = dependencies
  await consume(batch, dependencies, async (_, { id }) => {
    const claim = await claimMail(accounts, id, clock())
    if (claim === 'dropped' || claim === 'failed' || claim === 'blocked') return outcomeOf(claim)
    const status = claim === 'claimed' || claim === 'busy' ? 'failed' : 'sent'
    await settleMail(accounts, id, status)
    return { delivery: status }
  })
}

type Deliver = (message: Message, mail: MailMessage) => Promise<Outcome | null>

/** The queue takes a message that was neither acknowledged nor retried for done: so whatever fails is retried by name. */
async function consume(batch: MessageBatch, dependencies: MailDependencies, deliverOne: Deliver): Promise<void> {
  const settled: Settled[] = []
  const retry = (message: Message) => message.retry({ delaySeconds: FIRST_RETRY_SECONDS })
  const work = async (message: Message) => {
    const mail = MailMessage.safeParse(message.body)
    if (!mail.success) throw new Error(`Mail message ${message.id} cannot be read`)
    const outcome = await deliverOne(message, mail.data)
    if (outcome === null) return
    const done = () => (outcome.again ? message.retry({ delaySeconds: REPEAT_SECONDS }) : message.ack())
    if (mail.data.kind !== 'invitation') return done()
    const { invitationId, sendNumber } = mail.data
    settled.push({ message, mail: mail.data, report: { invitationId, sendNumber, delivery: outcome.delivery }, done })
  }
  await eachOf(batch.messages, MAILS_AT_ONCE, work, retry)
  await report(settled, dependencies, retry)
}

/** Null: not settled yet, the message will come again. */
async function deliver(message: Message, mail: MailMessage, dependencies: MailDependencies): Promise<Outcome | null> {
  const { accounts, transport, from, clock } = dependencies
  const settle = async (status: SettledMail) => {
    await settleMail(accounts, mail.id, status)
    return outcomeOf(status)
  }
  // Before the mail is claimed, so that what fails here holds up no later try.
  const composed = await compose(mail, dependencies)
  if (composed === null) return { delivery: 'failed' }
  const claim = await claimMail(accounts, mail.id, clock())
  if (claim === 'busy') {
    message.retry({ delaySeconds: BUSY_RETRY_SECONDS })
    return null
  }
  if (claim === 'unanswered') return PERHAPS_SENT
  if (claim !== 'claimed' && claim !== 'repeating') return outcomeOf(claim)
  const sender = await senderOf(mail, dependencies)
  if (sender === 'unwanted') return settle(claim === 'repeating' ? 'sent' : 'dropped')
  // A second mail after one without an answer has used its shares already.
  const admission =
    mail.kind === 'invitation' && claim === 'claimed' ? await admitNow(mail, sender, dependencies) : NO_CHARGE
  if (admission.as === 'blocked') return settle('blocked')
  if (admission.as === 'delayed') {
    await releaseMail(accounts, mail.id)
    return { delivery: 'delayed' }
  }

  const sent = await transport.send({ ...composed, from, id: mail.id, sentAt: clock() })
  if (sent.ok || sent.error.kind === 'permanent') return settle(sent.ok ? 'sent' : 'failed')
  if (sent.error.kind === 'unanswered') {
    console.warn({
      message: 'mail perhaps taken, will not be tried again soon',
      mail: mail.id,
      detail: sent.error.detail,
    })
    await noteUnanswered(accounts, mail.id, clock())
    return claim === 'repeating' ? { delivery: 'sent' } : PERHAPS_SENT
  }
  console.warn({ message: 'mail not taken, will be tried again', mail: mail.id, detail: sent.error.detail })
  await giveBack(accounts, admission.charge)
  await releaseMail(accounts, mail.id)
  message.retry({ delaySeconds: retrySeconds(message.attempts) })
  return null
}

/** Of mails that are no invitations: no share is used. */
const NOBODY: Sender = { inviter: null, newSince: null }
const NO_CHARGE = { as: 'admitted', charge: [] } as const

/** Asked for each mail after its claim: the mails before it in the batch can take minutes on a slow server. */
async function senderOf(
  mail: MailMessage,
  { accounts, organizations }: MailDependencies,
): Promise<Sender | 'unwanted'> {
  if (mail.kind !== 'invitation') return NOBODY
  try {
    return await askForSender(organizations, mail)
  } catch (error) {
    await releaseMail(accounts, mail.id)
    throw error
  }
}

const admitNow = async (mail: InvitationMessage, sender: Sender, { accounts, linkKeys, clock }: MailDependencies) =>
  admit(accounts, mail, sender, { settings: await currentSettings(accounts), linkKeys, now: clock() })

/** It was most probably delivered, so it is not reported as failed. */
const PERHAPS_SENT: Outcome = { delivery: 'sent', again: true }

const outcomeOf = (status: SettledMail): Outcome => ({ delivery: status === 'dropped' ? 'failed' : status })

const CHALLENGES = {
  sign_in: [signInUrl, composeSignIn],
  email_change: [emailChangeUrl, composeEmailChange],
} as const

const sendsSecurityMails = async (accounts: D1Database): Promise<boolean> =>
  (await currentSettings(accounts)).security_mails

/** Null for a mail that would be of no use any more. Here alone links and codes are made, at the last moment. */
async function compose(mail: MailMessage, dependencies: MailDependencies): Promise<Mail | null> {
  const { accounts, publicUrl, linkKeys, clock } = dependencies
  switch (mail.kind) {
    case 'invitation': {
      const { organization_label: label } = await currentSettings(accounts)
      return composeInvitation(mail, {
        url: invitationUrl(publicUrl, mail, linkKeys),
        noInvitationsUrl: noInvitationsUrl(publicUrl, mail.email, linkKeys),
        label,
      })
    }
    case 'notice': {
      const isSecurity = mail.subject.about !== 'keys_to_rotate'
      return isSecurity && !(await sendsSecurityMails(accounts)) ? null : composeNotice(mail, { publicUrl })
    }
    case 'new_device':
      return (await sendsSecurityMails(accounts)) ? composeNewDevice(mail, { publicUrl }) : null
    case 'reauthentication': {
      const challenge = await findChallenge(accounts, mail.challengeId, clock())
      if (challenge === null) return null
      const { email, expiresAt } = challenge
      return composeReauthentication({ email, code: codeOf(challenge, linkKeys), expiresAt, publicUrl })
    }
    case 'sign_in':
    case 'email_change': {
      const challenge = await findChallenge(accounts, mail.challengeId, clock())
      if (challenge === null) return null
      const { email, expiresAt } = challenge
      const [urlOf, composeCode] = CHALLENGES[mail.kind]
      const url = urlOf(publicUrl, challenge, linkKeys)
      const { organizationName } = mail
      return composeCode({ email, code: codeOf(challenge, linkKeys), url, expiresAt, organizationName })
    }
    case 'email_changed': {
      const { changeId } = mail
      const change = changeId === undefined ? null : await findAddressChange(accounts, changeId, clock())
      const takeBack = change && { url: takeBackUrl(publicUrl, change.id, linkKeys), until: change.expiresAt }
      return composeEmailChanged({ ...mail, publicUrl, takeBack })
    }
  }
}

/** One call per organization, however many of its mails are in the batch. */
async function report(
  settled: readonly Settled[],
  { organizations }: MailDependencies,
  retry: (message: Message) => void,
): Promise<void> {
  const byOrganization = Map.groupBy(settled, ({ mail }) => mail.organizationId)
  const work = async ([id, group]: [string, Settled[]]) => {
    await organizationClient(organizations, id).execute({
      caller: { type: 'system', process: 'mail' },
      command: { type: 'RecordDeliveries', deliveries: group.map((item) => item.report) },
    })
    for (const { done } of group) done()
  }
  const failed = ([, group]: [string, Settled[]]) => {
    for (const { message } of group) retry(message)
  }
  await eachOf([...byOrganization], MAILS_AT_ONCE, work, failed)
}

const retrySeconds = (attempts: number): number =>
  Math.min(FIRST_RETRY_SECONDS * 2 ** Math.max(0, attempts - 1), LAST_RETRY_SECONDS)
