import { challengeUnderWay } from '../accounts/email-challenges.ts'
import { proveIdentity, type Subject, subjectHash } from '../accounts/identities.ts'
import { proveSession } from '../accounts/session-cache.ts'
import type { Session } from '../accounts/sessions.ts'
import type { User } from '../accounts/users.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import {
  challengeOfCode,
  EXPIRED,
  type Keys,
  type MailedChallenge,
  mailChallenge,
  type ProofBindings,
  type ProofRefusal,
} from './address-proof.ts'

/*
 * Fresh proof of who a person is, by a code that is mailed to the account's own address. The code belongs to the session,
 * or to the identity at a trusted issuer, that asked for it: it proves nothing for another.
 */

/** Who proves, and what the proof is kept with. */
export interface Prover {
  readonly user: User
  readonly by: { readonly session: Pick<Session, 'id'> } | { readonly identity: Subject }
}

/** Mails the code. Throws when the mail cannot be queued; nothing has counted then. */
export async function requestReauthentication(
  bindings: ProofBindings,
  keys: Keys,
  { user: { email }, by }: Prover,
  network: string,
  now: number,
): Promise<MailedChallenge> {
  return mailChallenge(bindings, keys, { purpose: 'reauthentication', subject: subjectOf(by), email, network }, now)
}

/** Whether a code is under way, so that asking again need not mail another. */
export async function isReauthenticating(
  { ACCOUNTS }: Pick<ProofBindings, 'ACCOUNTS'>,
  { user, by }: Prover,
  now: number,
): Promise<boolean> {
  const challenge = await challengeUnderWay(ACCOUNTS, { purpose: 'reauthentication', subject: subjectOf(by) }, now)
  return challenge !== null && challenge.email === user.email
}

/** Answers with the session, if the proof is that of a session. */
export async function reauthenticate(
  { ACCOUNTS }: Pick<ProofBindings, 'ACCOUNTS'>,
  keys: Keys,
  { by }: Prover,
  { code, network }: { readonly code: string; readonly network: string },
  now: number,
): Promise<Result<Session | null, ProofRefusal>> {
  const given = { purpose: 'reauthentication', subject: subjectOf(by), code, network } as const
  const proven = await challengeOfCode(ACCOUNTS, keys, given, now)
  if (!proven.ok) return proven
  const { id: challengeId } = proven.value
  if ('identity' in by)
    return (await proveIdentity(ACCOUNTS, by.identity, challengeId, now)) ? ok(null) : refuse(EXPIRED)
  const session = await proveSession(ACCOUNTS, { sessionId: by.session.id, challengeId }, now)
  return session === null ? refuse(EXPIRED) : ok(session)
}

const subjectOf = (by: Prover['by']): string =>
  'session' in by ? by.session.id : `identity:${subjectHash(by.identity)}`
