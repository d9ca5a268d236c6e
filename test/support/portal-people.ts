import { env } from 'cloudflare:workers'
import { signInOperator } from '../../src/accounts/operator-session.ts'
import { startSession } from '../../src/accounts/sessions.ts'
import { configOf } from '../../src/env.ts'
import { OPERATOR_KEY } from './api.ts'
import { followed, type Person, type Team } from './api-builders.ts'

/** People as their browsers present them to the pages. */

/** The header that carries a new session of this person. */
export async function cookieOf({ id }: { readonly id: string }): Promise<{ readonly Cookie: string }> {
  const signIn = { userId: id, method: 'email_code', userAgent: 'Mozilla/5.0 (X11; Linux) Firefox/140.0' } as const
  const started = await startSession(env.ACCOUNTS, signIn, Date.now())
  if (started === null) throw new Error('There is no such account')
  return { Cookie: `__Host-muster_session=${started.token}` }
}

/** Waits until the directory, which the menus are made from, knows of the organization. */
export async function known(team: Team, person: Person = team.owner): Promise<{ readonly Cookie: string }> {
  await followed(team)
  return cookieOf(person)
}

/** The header that carries a new session of the operator, by the root key or by an operator key. */
export async function operatorCookie(key = OPERATOR_KEY, now = Date.now()): Promise<{ readonly Cookie: string }> {
  const signedIn = await signInOperator(env.ACCOUNTS, configOf(env), { key, ip: undefined }, now)
  if (!signedIn.ok) throw new Error(signedIn.error.code)
  return { Cookie: `__Host-muster_operator=${signedIn.value.token}` }
}
