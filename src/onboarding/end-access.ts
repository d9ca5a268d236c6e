import { type AuthenticationLog, logOf, type RequestContext } from '../accounts/authentication-log.ts'
import { unlinkIdentity as unlink } from '../accounts/identities.ts'
import { revokeOperatorKey as revokeKey } from '../accounts/operator-keys.ts'
import { forgetRevoked } from '../accounts/session-cache.ts'
import { type Kept, type LostAccess, NOTHING_KEPT, revokeSession, revokeSessions } from '../accounts/sessions.ts'
import type { Actor } from '../membership/actor.ts'
import type { EndReason } from '../membership/authentication.ts'

/*
 * Sessions that end and identities that are unlinked. What ended no longer works here with the next request, and the
 * authentication log says why it ended.
 */

interface EndingContext extends RequestContext {
  readonly env: RequestContext['env'] & { readonly ACCOUNTS: D1Database }
}

/** For a step that has taken access to an account away, as a change of email. */
export function settleLostAccess(
  accounts: D1Database,
  log: AuthenticationLog,
  userId: string,
  { ended, unlinked }: LostAccess,
  reason: EndReason,
): void {
  forgetRevoked(accounts, ended, Date.now())
  if (ended.length > 0) log.note({ type: 'session_ended', userId, reason })
  log.note(...Array.from({ length: unlinked }, () => ({ type: 'identity_unlinked', userId, reason }) as const))
}

/** Signs a person out, and forgets their devices. Returns the number of sessions that ended. */
export async function signOutEverywhere(
  c: EndingContext,
  userId: string,
  actor: Actor,
  kept: Kept = NOTHING_KEPT,
): Promise<number> {
  const lost = await revokeSessions(c.env.ACCOUNTS, userId, kept)
  settleLostAccess(c.env.ACCOUNTS, logOf(c), userId, lost, reasonOf(actor, 'all_revoked'))
  return lost.ended.length
}

/** Ends one session, by its holder's sign-out or for another reason. False: the person has no such session. */
export async function endSession(
  c: EndingContext,
  { userId, id: sessionId }: { readonly userId: string; readonly id: string },
  why: 'signed_out' | EndReason,
): Promise<boolean> {
  const revoked = await revokeSession(c.env.ACCOUNTS, userId, sessionId)
  if (revoked.length === 0) return false
  forgetRevoked(c.env.ACCOUNTS, revoked, Date.now())
  const entry = why === 'signed_out' ? { type: why } : ({ type: 'session_ended', reason: why } as const)
  logOf(c).note({ ...entry, userId, sessionId })
  return true
}

/** False: there is no such link. */
export async function unlinkIdentity(
  c: EndingContext,
  identity: { readonly userId: string; readonly id: string },
  actor: Actor,
): Promise<boolean> {
  if (!(await unlink(c.env.ACCOUNTS, identity, actor, Date.now()))) return false
  const { userId } = identity
  const reason = isOperator(actor) ? 'revoked_by_operator' : null
  logOf(c).note({ type: 'identity_unlinked', userId, ...(reason === null ? {} : { reason }) })
  return true
}

/** Revokes an operator key, which signs out the browsers that signed in with it. False: there never was such a key. */
export async function revokeOperatorKey(c: EndingContext, id: string, actor: Actor): Promise<boolean> {
  const revoked = await revokeKey(c.env.ACCOUNTS, id, actor, Date.now())
  if (revoked === null) return false
  if (revoked.sessionsEnded > 0) {
    logOf(c).note({ type: 'session_ended', userId: null, operatorKeyId: id, reason: 'key_revoked' })
  }
  return true
}

/** Why a session ended: the operator ended it, alone or on behalf of the person, or the person did. */
export const reasonOf = (actor: Actor, own: EndReason): EndReason => (isOperator(actor) ? 'revoked_by_operator' : own)

const isOperator = ({ type, via }: Actor): boolean => type === 'operator' || via?.type === 'operator'
