import { sendOverdueAccountMails } from '../../accounts/account-mails.ts'
import type { InvitationMessage } from '../../contract/mail-message.ts'
import { noteReleased, releaseMails } from '../../directory/delayed-mails.ts'
import { currentSettings } from '../../directory/settings.ts'
import { parcels } from '../../organization/parcels.ts'
import { eachOf } from '../bounded.ts'
import type { Chore, Run } from './run.ts'

const MAILS_PER_STEP = 1_000

export const sendAccountMails: Chore = async ({ bindings: { ACCOUNTS, MAIL_QUEUE }, now, budget }) => {
  while (!budget.isOver) {
    const found = await sendOverdueAccountMails(ACCOUNTS, MAIL_QUEUE, now, MAILS_PER_STEP)
    budget.spend(1 + (2 * found) / 100)
    if (found < MAILS_PER_STEP) return true
  }
  return false
}

/** Queues delayed invitation mails that may fit under the limits now. Those that do not fit wait again. */
export const sendDelayedMails: Chore = async (run) => {
  const { ACCOUNTS } = run.bindings
  run.budget.spend()
  const { invitation_mails_per_recipient_per_day: perRecipient } = await currentSettings(ACCOUNTS)
  while (!run.budget.isOver) {
    run.budget.spend()
    const mails = await releaseMails(ACCOUNTS, run.now, { perRecipient, limit: MAILS_PER_STEP })
    const failed: string[] = []
    await eachOf(
      parcels(mails),
      1,
      (text) => release(run, text),
      (text) => failed.push(text),
    )
    if (failed.length > 0) throw new Error('Some delayed mails could not be queued')
    if (mails.length < MAILS_PER_STEP) return true
  }
  return false
}

async function release({ bindings: { ACCOUNTS, MAIL_QUEUE }, now, budget }: Run, text: string): Promise<void> {
  const messages = JSON.parse(text) as InvitationMessage[]
  budget.spend(2)
  await MAIL_QUEUE.sendBatch(messages.map((body) => ({ body, contentType: 'json' as const })))
  const ids = messages.map(({ id }) => id)
  await noteReleased(ACCOUNTS, ids, now)
}
