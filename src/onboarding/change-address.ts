import { flushAccountMails } from '../accounts/account-mails.ts'
import { newAddressChangeId } from '../accounts/address-changes.ts'
import type { AuthenticationLog } from '../accounts/authentication-log.ts'
import { challengeUnderWay } from '../accounts/email-challenges.ts'
import { announcePersonChange } from '../accounts/people.ts'
import { changeAddress, type NewAddress, type User, userOfEmail } from '../accounts/users.ts'
import type { EmailChangedMessage } from '../contract/mail-message.ts'
import { type Actor, actorOf, type UserCaller } from '../membership/actor.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import {
  challengeOfCode,
  challengeOfLink,
  EXPIRED,
  type Keys,
  type MailedChallenge,
  mailChallenge,
  type ProofBindings,
  type ProofRefusal,
} from './address-proof.ts'
import { settleLostAccess } from './end-access.ts'

/*
 * An address is how people sign in, so a new one counts once they have proven that it is theirs, and whether it has an
 * account already is told only then. After the change the person is signed out everywhere but where they made it.
 */

export interface AddressBindings extends ProofBindings {
  readonly MAIL_QUEUE: Queue
  readonly PEOPLE_QUEUE: Queue
}

interface Taken {
  readonly code: 'email_taken'
}

export type AddressRefusal = ProofRefusal | Taken

/** Whoever asks for the change, by the session that stays. */
export interface Changing {
  readonly user: User
  /** Absent: the person, not the operator on behalf of them. */
  readonly caller?: UserCaller
  readonly sessionId: string | null
  readonly log: AuthenticationLog
}

/** Mails a code and a link to the new address. */
export async function requestEmailChange(
  bindings: AddressBindings,
  keys: Keys,
  { user, email, network }: { readonly user: User; readonly email: string; readonly network: string },
  now: number,
): Promise<MailedChallenge> {
  return mailChallenge(bindings, keys, { purpose: 'email_change', subject: user.id, email, network }, now)
}

/** The address that a code was mailed to, and whose proof is waited for. */
export async function addressUnderWay(
  { ACCOUNTS }: Pick<AddressBindings, 'ACCOUNTS'>,
  user: User,
  now: number,
): Promise<string | null> {
  const challenge = await challengeUnderWay(ACCOUNTS, { purpose: 'email_change', subject: user.id }, now)
  return challenge?.email ?? null
}

export async function changeAddressByCode(
  bindings: AddressBindings,
  keys: Keys,
  changing: Changing,
  { code, network }: { readonly code: string; readonly network: string },
  now: number,
): Promise<Result<User, AddressRefusal>> {
  const given = { purpose: 'email_change', subject: changing.user.id, code, network } as const
  const proven = await challengeOfCode(bindings.ACCOUNTS, keys, given, now)
  return proven.ok ? changeByProof(bindings, changing, proven.value, now) : proven
}

/** Of the newest mail alone, and only for whoever asked for it: a link does not move an address to another account. */
export async function changeAddressByLink(
  bindings: AddressBindings,
  keys: Keys,
  changing: Changing,
  token: string,
  now: number,
): Promise<Result<User, AddressRefusal>> {
  const challenge = await addressOfLink(bindings, keys, changing.user, token, now)
  return challenge === null ? refuse(EXPIRED) : changeByProof(bindings, changing, challenge, now)
}

/** Which address a link would make theirs; null when it is of no use to them. Changes nothing. */
export async function addressOfLink(
  { ACCOUNTS }: Pick<AddressBindings, 'ACCOUNTS'>,
  keys: Keys,
  user: User,
  token: string,
  now: number,
): Promise<{ readonly id: string; readonly email: string } | null> {
  const challenge = await challengeOfLink(ACCOUNTS, keys, 'email_change', token, now)
  return challenge?.subject === user.id ? challenge : null
}

/** The operator answers for the address; nobody stays signed in, since it may not be the same person's any more. */
export async function setAddress(
  bindings: AddressBindings,
  user: User,
  { email, verified }: Pick<NewAddress, 'email' | 'verified'>,
  by: ChangedBy,
  now: number,
): Promise<Change> {
  return change(bindings, user, { email, verified, challengeId: null, sessionId: null }, by, now)
}

async function changeByProof(
  bindings: AddressBindings,
  { user, sessionId, log, caller = { type: 'user', userId: user.id } }: Changing,
  { id: challengeId, email }: { readonly id: string; readonly email: string },
  now: number,
): Promise<Result<User, AddressRefusal>> {
  const address = { email, verified: true, challengeId, sessionId }
  const changed = await change(bindings, user, address, { actor: actorOf(caller), log }, now)
  if (changed.ok) return changed
  return refuse(changed.error.code === 'overtaken' ? EXPIRED : changed.error)
}

interface ChangedBy {
  readonly actor: Actor
  readonly log: AuthenticationLog
}

/** `overtaken`: by the account's deletion, or by another mail that took the place of the proof. */
type Change = Result<User, Taken | { readonly code: 'overtaken' }>

async function change(
  bindings: AddressBindings,
  before: User,
  address: Omit<NewAddress, 'mail'>,
  { actor, log }: ChangedBy,
  now: number,
): Promise<Change> {
  if (address.email === before.email) return ok(before)
  const mail = newsOf(before, address, now)
  const wanted = { ...address, mail }
  const { user, changed, ...lost } = await changeAddress(bindings.ACCOUNTS, before.id, wanted, actor)
  if (!changed || user === null) {
    // Asked twice at once, the other one has done it.
    if (user?.email === address.email) return ok(user)
    const holder = await userOfEmail(bindings.ACCOUNTS, address.email)
    return refuse({ code: holder === null ? 'overtaken' : 'email_taken' })
  }
  settleLostAccess(bindings.ACCOUNTS, log, user.id, lost, 'email_changed')
  await announcePersonChange(bindings.PEOPLE_QUEUE, user.id)
  await flushAccountMails(bindings.ACCOUNTS, bindings.MAIL_QUEUE, [mail.id])
  return ok(user)
}

/** To the former email. No link takes back what the operator has set, because the operator is responsible for it. */
function newsOf({ id, email }: User, { challengeId }: Omit<NewAddress, 'mail'>, now: number): EmailChangedMessage {
  const changeId = newAddressChangeId()
  const told = { version: 1, kind: 'email_changed', id: `${id}.address.${changeId}`, email, changedAt: now } as const
  return challengeId === null ? told : { ...told, changeId }
}
