import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { sameSecret } from '../accounts/same-secret.ts'
import { HeldUp, PERIOD_SECONDS, type Shield, shieldOf } from '../accounts/shield.ts'
import { bearerOf } from './bearer.ts'
import type { HttpEnvironment } from './environment.ts'
import { type RefusalPage, refusing } from './gate.ts'
import { documented } from './openapi/route-facts.ts'

type Call = Context<HttpEnvironment>

const HELD_UP = { code: 'rate_limited', retryAfterSeconds: PERIOD_SECONDS } as const

const SESSION_COOKIE = /(?:^|; )(?:__Host-)?muster_session=(mst_[\w-]{43})(?:;|$)/

const ipOf = (c: Call): string | undefined => c.req.header('CF-Connecting-IP')

/**
 * Around everything: a call counts for the network that it comes from, unless its credential is found to be good. Nothing
 * is looked up for a network that is held up, except credentials that were good a short while ago: the wrong
 * credentials of others do not affect them.
 */
export const networkShield = (page: RefusalPage) => {
  const refused = refusing(page)
  return documented(
    { refuses: ['rate_limited'] },
    createMiddleware<HttpEnvironment>(async (c, next) => {
      const shield = shieldOf(c.env.SHIELD)
      const token = bearerOf(c) ?? SESSION_COOKIE.exec(c.req.header('Cookie') ?? '')?.[1]
      if (token === undefined) return (await shield.countNetwork(ipOf(c))) ? refused(c, HELD_UP) : next()
      if (sameSecret(token, c.get('config').OPERATOR_KEY)) return next()
      if (!shield.isRecognized(token) && shield.isNetworkHeldUp(ipOf(c))) return refused(c, HELD_UP)
      await next()
      if (c.get('credential')?.caller.type === 'api_key') settleKey(c, shield, token)
      if (!shield.isRecognized(token)) await shield.countNetwork(ipOf(c))
    }),
  )
}

/** Only the organization knows its keys, so its answer shows whether the token is one. */
function settleKey(c: Call, shield: Shield, token: string): void {
  const { status } = c.res
  if (status === 401) shield.reject(token)
  else if (c.get('tookLookUp')) shield.giveLookUpBack(ipOf(c))
  if (status < 300) shield.recognize(token)
}

/**
 * Looks up a token, which takes one of its network's look-ups. A token that was good a short while ago takes none, and
 * one that was unknown is not looked up again. Throws `HeldUp`.
 */
export async function lookedUp<T extends { readonly ok: boolean }>(
  c: Call,
  token: string,
  find: () => Promise<T>,
  { nobody, isOf }: { readonly nobody: T; readonly isOf: (found: T) => 'somebody' | 'an organization' | 'nobody' },
): Promise<T> {
  const shield = shieldOf(c.env.SHIELD)
  const isKnown = shield.isRecognized(token)
  if (!isKnown && shield.isRejected(token)) return nobody
  if (!isKnown) shield.takeLookUp(ipOf(c))
  let found: T
  try {
    found = await find()
  } catch (error) {
    if (!isKnown) shield.giveLookUpBack(ipOf(c))
    throw error
  }
  const whose = isOf(found)
  if (whose === 'nobody') shield.reject(token)
  if (isKnown || whose === 'nobody') return found
  if (whose === 'an organization') c.set('tookLookUp', true)
  else {
    shield.giveLookUpBack(ipOf(c))
    if (found.ok) shield.recognize(token)
  }
  return found
}

/** Keeps a runaway client with a good credential from wearing out the objects. The operator is the deployment itself. */
export const credentialShield = documented(
  { refuses: ['rate_limited'] },
  createMiddleware<HttpEnvironment>(async (c, next) => {
    const credential = c.get('credential')
    if (credential === undefined || credential.caller.type === 'operator') return next()
    if (await shieldOf(c.env.SHIELD).countCredential(credential.fingerprint)) throw new HeldUp(credential.fingerprint)
    return next()
  }),
)
