import {
  type AddressChange,
  findAddressChange,
  takeBackAddress,
  verifyTakeBackLink,
} from '../accounts/address-changes.ts'
import type { AuthenticationLog } from '../accounts/authentication-log.ts'
import { announcePersonChange } from '../accounts/people.ts'
import { userOfEmail } from '../accounts/users.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import type { Keys } from './address-proof.ts'
import { settleLostAccess } from './end-access.ts'

interface Bindings {
  readonly ACCOUNTS: D1Database
  readonly PEOPLE_QUEUE: Queue
}

export type TakeBackRefusal = { readonly code: 'email_change_link_expired' } | { readonly code: 'email_taken' }

const EXPIRED = { code: 'email_change_link_expired' } as const

/** Which change a link takes back. Changes nothing, since mail scanners follow links. */
export async function addressChangeOf(
  { ACCOUNTS }: Pick<Bindings, 'ACCOUNTS'>,
  { LINK_KEYS }: Keys,
  token: string,
  now: number,
): Promise<Result<AddressChange, TakeBackRefusal>> {
  const id = verifyTakeBackLink(token, LINK_KEYS)
  const change = id === null ? null : await findAddressChange(ACCOUNTS, id, now)
  return change === null ? refuse(EXPIRED) : ok(change)
}

/** For people who read the mail of the former email. Answers with that email. */
export async function takeBack(
  bindings: Bindings,
  keys: Keys,
  token: string,
  log: AuthenticationLog,
  now: number,
): Promise<Result<string, TakeBackRefusal>> {
  const found = await addressChangeOf(bindings, keys, token, now)
  if (!found.ok) return found
  const { formerEmail, userId } = found.value
  const { changed, setAside, ...lost } = await takeBackAddress(bindings.ACCOUNTS, found.value, now)
  if (!changed) {
    const holder = await userOfEmail(bindings.ACCOUNTS, formerEmail)
    return refuse(holder === null || holder.id === userId ? EXPIRED : { code: 'email_taken' })
  }
  settleLostAccess(bindings.ACCOUNTS, log, userId, lost, 'email_change_taken_back')
  if (setAside !== null) {
    settleLostAccess(bindings.ACCOUNTS, log, setAside.userId, setAside, 'email_change_taken_back')
    await announcePersonChange(bindings.PEOPLE_QUEUE, setAside.userId)
  }
  await announcePersonChange(bindings.PEOPLE_QUEUE, userId)
  return ok(formerEmail)
}
