import { attempt, type Cap, type Charge, isUsedUp } from '../accounts/attempts.ts'
import type { LinkKey } from '../accounts/signed-token.ts'
import type { InvitationMessage } from '../contract/mail-message.ts'
import type { Settings } from '../contract/settings.ts'
import { delayMail, standingOf } from '../directory/delayed-mails.ts'
import { mailboxOf } from '../membership/email.ts'
import type { Sender } from './wanted-mails.ts'

/*
 * Limits how much mail strangers get. Decided exactly, in D1, at the moment of sending. Mail over a limit waits and is not
 * refused, so that one sender cannot use up a recipient's share to shut out another sender.
 */

const DAY_MS = 24 * 60 * 60_000

export type Admission =
  | { readonly as: 'admitted'; readonly charge: Charge }
  | { readonly as: 'delayed' }
  | { readonly as: 'blocked' }

export async function admit(
  accounts: D1Database,
  mail: InvitationMessage,
  sender: Sender,
  {
    settings,
    linkKeys,
    now,
  }: { readonly settings: Settings; readonly linkKeys: readonly LinkKey[]; readonly now: number },
): Promise<Admission> {
  const { newSince } = sender
  const isNew = newSince !== null && now < newSince + settings.new_organization_days * DAY_MS
  const ofThisMail = perDay('invitation-mail', mail.id, 1)
  const { blocked, behindUntil } = await standingOf(accounts, { mail, isNew }, now)
  if (blocked) return { as: 'blocked' }

  const delay = async (notBefore: number, inLine: boolean): Promise<Admission> => {
    // A delivery that stopped halfway has used the shares for this mail already.
    if (await isUsedUp(accounts, ofThisMail, linkKeys, now)) return { as: 'admitted', charge: [] }
    await delayMail(accounts, { mail, isNew }, { notBefore, inLine }, now)
    return { as: 'delayed' }
  }
  if (behindUntil !== null) return delay(behindUntil, true)

  const recipient = perDay(
    'invitation-mails-to',
    mailboxOf(mail.email),
    settings.invitation_mails_per_recipient_per_day,
  )
  const caps = [
    ofThisMail,
    recipient,
    ...(sender.inviter === null
      ? []
      : [perDay('invitation-mails-by', sender.inviter, settings.invitation_mails_per_inviter_per_day)]),
    ...(isNew ? [perDay('invitation-mails-of', mail.organizationId, settings.new_organization_mails_per_day)] : []),
  ]
  const charged = await attempt(accounts, caps, linkKeys, now)
  if (charged.ok) return { as: 'admitted', charge: charged.value }
  const inLine = await isUsedUp(accounts, recipient, linkKeys, now)
  return delay(now + charged.error.retryAfterSeconds * 1000, inLine)
}

const perDay = (name: string, subject: string, limit: number): Cap => ({ name, subject, limit, windowMs: DAY_MS })
