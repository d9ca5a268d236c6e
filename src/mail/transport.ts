import type { Result } from '../membership/result.ts'
import type { Mail } from './mail.ts'

/** `id` names the mail: it is the same at every attempt. `from` may carry a name. `sentAt` is epoch milliseconds. */
export interface OutgoingMail extends Mail {
  readonly id: string
  readonly from: string
  readonly sentAt: number
}

/**
 * Why a mail was not taken. `permanent`: this mail will never be taken, so that nobody should try again; `transient`:
 * anything that the network, the server or the operator can mend; `unanswered`: the whole mail went out and the server did
 * not say whether it took it, so it may have been delivered, and trying again soon could send it twice. `detail` is for the log: it holds no secret and
 * nothing of the mail.
 */
export interface DeliveryFailure {
  readonly kind: 'permanent' | 'transient' | 'unanswered'
  readonly detail: string
}

/** Hands a mail over. A mail may arrive twice, when an answer was lost; its id then tells receivers that it is the same. */
export interface Transport {
  send(mail: OutgoingMail): Promise<Result<void, DeliveryFailure>>
}
