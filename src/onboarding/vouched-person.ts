import type { AuthenticationLog } from '../accounts/authentication-log.ts'
import {
  currentIdentity,
  type Identity,
  isRefused,
  isUnlinkedSince,
  linkIdentity,
  noteSignIn,
} from '../accounts/identities.ts'
import { announcePersonChange } from '../accounts/people.ts'
import type { Vouched } from '../accounts/trusted-issuers.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { failureOf, isOutage } from '../records/failure.ts'
import { provenAccount } from './proven-account.ts'

interface Bindings {
  readonly ACCOUNTS: D1Database
  readonly DIRECTORY: D1Database
  readonly PEOPLE_QUEUE: Queue
}

export type StrangerRefusal = {
  readonly code: 'unauthenticated' | 'email_unverified' | 'sign_up_disabled'
}

/** The user whom a trusted issuer vouches for. Who comes for the first time is known by their verified address. */
export async function vouchedPerson(
  bindings: Bindings,
  vouched: Vouched,
  log: AuthenticationLog,
  now: number,
): Promise<Result<Identity, StrangerRefusal>> {
  const known = await currentIdentity(bindings.ACCOUNTS, vouched, now)
  const identified = known === null ? await firstIdentity(bindings, vouched, now) : ok(known)
  if (!identified.ok) return identified
  const reason = refusalReason(vouched, identified.value)
  if (reason !== null) return refused(vouched, reason)
  const { userId } = identified.value
  if (known === null) log.note({ type: 'identity_linked', userId, method: 'trusted_issuer' })
  const signedIn = await noteWhen(bindings, vouched, identified.value, now)
  if (signedIn) log.note({ type: 'signed_in', userId, method: 'trusted_issuer' })
  return identified
}

/** Why the token does not count for the account that it is linked to, as the log names it. */
function refusalReason(vouched: Vouched, { isClosing, tokensValidFrom, email }: Identity): string | null {
  if (isClosing) return 'closing'
  if (isRefused(vouched.issuedAt, tokensValidFrom)) return 'iat'
  const speaks = speaksFor(vouched, email) && (vouched.email === null || speaksFor(vouched, vouched.email))
  return speaks ? null : 'email_domain'
}

/** An issuer limited to domains cannot vouch for other accounts, even if they were linked before. */
const speaksFor = ({ emailDomains }: Vouched, email: string): boolean =>
  emailDomains === null || emailDomains.includes(email.slice(email.lastIndexOf('@') + 1))

function refused({ issuer }: Vouched, reason: string): Result<never, StrangerRefusal> {
  console.warn({ message: 'token refused', issuer, reason })
  return refuse({ code: 'unauthenticated' })
}

async function firstIdentity(
  bindings: Bindings,
  vouched: Vouched,
  now: number,
): Promise<Result<Identity, StrangerRefusal>> {
  const { email, name } = vouched
  if (email === null) return refuse({ code: 'email_unverified' })
  if (!speaksFor(vouched, email)) return refused(vouched, 'email_domain')
  if (await isUnlinkedSince(bindings.ACCOUNTS, vouched)) return refused(vouched, 'unlinked')
  const account = await provenAccount(bindings, email, name, now)
  if (!account.ok) return account
  if (isRefused(vouched.issuedAt, account.value.tokensValidFrom)) return refused(vouched, 'iat')
  const identity = await linkIdentity(bindings.ACCOUNTS, vouched, account.value.id, now)
  return identity === null ? refuse({ code: 'unauthenticated' }) : ok(identity)
}

/** Whether they have signed in again. If the directory is out of reach, they are let in and a later call notes the sign-in. */
async function noteWhen(bindings: Bindings, vouched: Vouched, identity: Identity, now: number): Promise<boolean> {
  if (vouched.signedInAt === null) return false
  try {
    const isNew = await noteSignIn(bindings.ACCOUNTS, vouched, identity, vouched.signedInAt, now)
    if (isNew) await announcePersonChange(bindings.PEOPLE_QUEUE, identity.userId)
    return isNew
  } catch (error) {
    if (!isOutage(error)) throw error
    console.warn({ message: 'sign-in not noted', user: identity.userId, error: failureOf(error) })
    return false
  }
}
