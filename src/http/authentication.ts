import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import { parseApiKey } from '../accounts/api-key-secret.ts'
import { logOf } from '../accounts/authentication-log.ts'
import { subjectHash } from '../accounts/identities.ts'
import { currentOperatorKey, isOperatorKey } from '../accounts/operator-keys.ts'
import { sameSecret } from '../accounts/same-secret.ts'
import { currentSession } from '../accounts/session-cache.ts'
import { isSessionToken } from '../accounts/sessions.ts'
import { looksLikeToken, type TokenRefusal, verifyToken } from '../accounts/trusted-issuers.ts'
import { getUser } from '../accounts/users.ts'
import { countWrongKey, isTriedAsOperatorKey } from '../accounts/wrong-operator-keys.ts'
import { id } from '../contract/fields.ts'
import { currentSettings } from '../directory/settings.ts'
import {
  type Actor,
  ALWAYS_FRESH,
  actorOf,
  type Caller,
  isReadOnly,
  isRoot,
  personCaller,
} from '../membership/actor.ts'
import type { Rejection } from '../membership/rejection.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { type StrangerRefusal, vouchedPerson } from '../onboarding/vouched-person.ts'
import { organizationClient } from '../organization/client.ts'
import { failureOf } from '../records/failure.ts'
import { bearerOf } from './bearer.ts'
import type { Credential, HttpEnvironment } from './environment.ts'
import { documented, factsOf } from './openapi/route-facts.ts'
import { problem } from './problems.ts'
import { staysWithin } from './reach.ts'
import { lookedUp } from './shield.ts'

export const ON_BEHALF_OF = 'Muster-On-Behalf-Of'

const userId = id('usr')

type Throttled = { readonly code: 'rate_limited'; readonly retryAfterSeconds: number }
type Authenticated = Result<Credential, TokenRefusal | StrangerRefusal | Throttled | Rejection>
const UNAUTHENTICATED: Authenticated = refuse({ code: 'unauthenticated' })

const CREDENTIAL_REFUSALS = [
  'unauthenticated',
  'email_unverified',
  'sign_up_disabled',
  'forbidden',
  'reauthentication_required',
  'invalid',
  'rate_limited',
] as const

/** Lets nobody on without a credential. An address without a route is left to the answer for those. */
export const authenticate = documented(
  { bearer: true, refuses: CREDENTIAL_REFUSALS },
  createMiddleware<HttpEnvironment>(async (c, next) => {
    if (matchedRoutes(c).every(({ method }) => method === 'ALL')) return next()
    const credential = await presented(c)
    if (!credential.ok) return problem(c, credential.error)
    c.set('credential', credential.value)
    return next()
  }),
)

/** Where a credential is welcome and none is needed; one that does not hold is refused all the same. */
export const identify = documented(
  { optionalBearer: true, refuses: CREDENTIAL_REFUSALS },
  createMiddleware<HttpEnvironment>(async (c, next) => {
    if (c.req.header('Authorization') === undefined && c.req.header(ON_BEHALF_OF) === undefined) return next()
    const credential = await presented(c)
    if (!credential.ok) return problem(c, credential.error)
    c.set('credential', credential.value)
    return next()
  }),
)

/** For what must answer even if a credential is wrong or cannot be looked up: the caller then counts as nobody. */
export const identifyIfPossible = documented(
  { optionalBearer: true },
  createMiddleware<HttpEnvironment>(async (c, next) => {
    const credential = c.req.header('Authorization') === undefined ? UNAUTHENTICATED : await presentedOrNone(c)
    if (credential.ok) c.set('credential', credential.value)
    return next()
  }),
)

async function presentedOrNone(c: Context<HttpEnvironment>): Promise<Authenticated> {
  try {
    return await presented(c)
  } catch (error) {
    console.warn({ message: 'credential cannot be looked up', error: failureOf(error) })
    return UNAUTHENTICATED
  }
}

/** Where no organization answers for itself: an API key counts for something only if its organization knows it. */
export const knownKey = createMiddleware<HttpEnvironment>(async (c, next) => {
  const { caller, organizationId } = c.get('credential') ?? {}
  if (caller === undefined || organizationId === null || organizationId === undefined) return next()
  const asked = await organizationClient(c.env.ORGANIZATION, organizationId).read(caller, { type: 'GetOrganization' })
  const isKnown = asked.ok || asked.error.code === 'forbidden'
  return isKnown ? next() : problem(c, { code: 'unauthenticated' })
})

/** For what belongs to the deployment rather than to an organization. */
export const operatorOnly = documented(
  { refuses: ['forbidden'] },
  createMiddleware<HttpEnvironment>(async (c, next) => {
    if (matchedRoutes(c).every(({ method }) => method === 'ALL')) return next()
    if (c.var.credential.caller.type === 'operator') return next()
    return problem(c, { code: 'forbidden', permission: 'operator' })
  }),
)

/** For what only the root key may do. Behind `operatorOnly`. */
export const rootOnly = createMiddleware<HttpEnvironment>(async (c, next) => {
  if (matchedRoutes(c).every(({ method }) => method === 'ALL')) return next()
  return isRoot(c.var.credential.caller) ? next() : problem(c, { code: 'forbidden', permission: 'operator:root' })
})

/** Behind `operatorOnly`: the operator as events name the caller. */
export function operatorOf(c: Context<HttpEnvironment>): Actor {
  const { caller } = c.var.credential
  if (caller.type !== 'operator') throw new Error('This route is for the operator')
  return actorOf(caller)
}

/** For what belongs to a person: somebody with a token of their own, or the operator on behalf of somebody. */
export const personOnly = documented(
  { refuses: ['person_only'] },
  createMiddleware<HttpEnvironment>(async (c, next) => {
    if (matchedRoutes(c).every(({ method }) => method === 'ALL')) return next()
    const { caller } = c.var.credential
    if (caller.type !== 'user') return problem(c, { code: 'person_only' })
    const person = await getUser(c.env.ACCOUNTS, caller.userId)
    if (person !== null && person.closingAt === null) {
      c.set('person', person)
      c.set('personCaller', caller)
      return next()
    }
    return nobody(c)
  }),
)

/** For what is about the session of the request itself. */
export const sessionOnly = documented(
  { refuses: ['session_only'] },
  createMiddleware<HttpEnvironment>(async (c, next) => {
    if (matchedRoutes(c).every(({ method }) => method === 'ALL')) return next()
    const { session } = c.var.credential
    if (session === null) return problem(c, { code: 'session_only' })
    c.set('session', session)
    return next()
  }),
)

/** For people who prove who they are. The operator, on behalf of a person, has nothing to prove. */
export const provingOnly = documented(
  { refuses: ['session_only'] },
  createMiddleware<HttpEnvironment>(async (c, next) => {
    if (matchedRoutes(c).every(({ method }) => method === 'ALL')) return next()
    const { session, identity } = c.var.credential
    if (session !== null) c.set('proving', { session })
    else if (identity !== undefined) c.set('proving', { identity })
    else return problem(c, { code: 'session_only' })
    return next()
  }),
)

/** For a credential of a person whose account is gone, or who never was. */
export const nobody = (c: Context<HttpEnvironment>): Response =>
  c.req.header(ON_BEHALF_OF) === undefined
    ? problem(c, { code: 'unauthenticated' })
    : problem(c, { code: 'invalid', path: ON_BEHALF_OF, message: 'There is no such user.' })

/** Who the request says it is from; the operator may say that it is someone else. */
async function presented(c: Context<HttpEnvironment>): Promise<Authenticated> {
  const credential = await claimed(c)
  const reach = credential.ok ? (credential.value.session?.reachOrganizationId ?? null) : null
  if (reach !== null && !staysWithin(c, reach)) return refuse({ code: 'reauthentication_required' })
  if (!credential.ok || !isReadOnly(credential.value.caller) || readsOnly(c)) return credential
  return refuse({ code: 'forbidden', permission: 'operator:write' })
}

const readsOnly = (c: Context<HttpEnvironment>): boolean =>
  c.req.method === 'GET' ||
  c.req.method === 'HEAD' ||
  matchedRoutes(c).some(({ handler }) => factsOf(handler).description?.onlyReads === true)

async function claimed(c: Context<HttpEnvironment>): Promise<Authenticated> {
  const token = bearerOf(c)
  const credential = token === undefined ? UNAUTHENTICATED : await foundCredential(token, c)
  const onBehalfOf = c.req.header(ON_BEHALF_OF)
  if (!credential.ok || onBehalfOf === undefined) return credential
  const { caller: operator, fingerprint } = credential.value
  if (operator.type !== 'operator') return refuse({ code: 'forbidden', permission: 'operator' })
  if (!userId.safeParse(onBehalfOf).success) {
    return refuse({ code: 'invalid', path: ON_BEHALF_OF, message: 'This is not the id of a user.' })
  }
  return ok({
    caller: {
      ...{ type: 'user', userId: onBehalfOf, via: { type: 'operator', id: operator.keyId ?? null } },
      ...(operator.readOnly === true ? { readOnly: true } : {}),
      freshUntil: ALWAYS_FRESH,
    },
    organizationId: null,
    fingerprint: `user:${onBehalfOf}:${fingerprint}`,
    session: null,
  })
}

async function foundCredential(token: string, c: Context<HttpEnvironment>): Promise<Authenticated> {
  if (!sameSecret(token, c.get('config').OPERATOR_KEY)) {
    return lookedUp(c, token, () => credentialOf(token, c), { nobody: UNAUTHENTICATED, isOf })
  }
  return ok({ caller: { type: 'operator' }, organizationId: null, fingerprint: 'operator', session: null })
}

function isOf(found: Authenticated) {
  if (found.ok) return found.value.caller.type === 'api_key' ? 'an organization' : 'somebody'
  const { code } = found.error
  return code === 'unauthenticated' || code === 'rate_limited' ? 'nobody' : 'somebody'
}

async function credentialOf(token: string, c: Context<HttpEnvironment>): Promise<Authenticated> {
  if (isOperatorKey(token)) return operatorKeyCredential(token, c)
  if (isSessionToken(token)) return sessionCredential(token, c)
  if (looksLikeToken(token)) return issuersCredential(token, c)
  const key = parseApiKey(token)
  if (key === null) return isTriedAsOperatorKey(token) ? wrongOperatorKey(c) : UNAUTHENTICATED
  const { organizationId, secretHash } = key
  const fingerprint = `api_key:${secretHash}`
  return ok({ caller: { type: 'api_key', secretHash }, organizationId, fingerprint, session: null })
}

async function operatorKeyCredential(token: string, c: Context<HttpEnvironment>): Promise<Authenticated> {
  const key = await currentOperatorKey(c.env.ACCOUNTS, token, Date.now())
  if (key === null) return wrongOperatorKey(c)
  const caller: Caller = { type: 'operator', keyId: key.id, ...(key.access === 'read' ? { readOnly: true } : {}) }
  return ok({ caller, organizationId: null, fingerprint: `operator_key:${key.id}`, session: null })
}

async function wrongOperatorKey(c: Context<HttpEnvironment>): Promise<Authenticated> {
  const ip = c.req.header('CF-Connecting-IP')
  const retryAfterSeconds = await countWrongKey(c.env.ACCOUNTS, c.var.config.LINK_KEYS, ip, Date.now())
  if (retryAfterSeconds === null) return UNAUTHENTICATED
  logOf(c).refuse('rate_limited')
  return refuse({ code: 'rate_limited', retryAfterSeconds })
}

async function sessionCredential(token: string, c: Context<HttpEnvironment>): Promise<Authenticated> {
  const session = await currentSession(c.env.ACCOUNTS, token, Date.now())
  if (session === null) return UNAUTHENTICATED
  const { id, userId, authenticatedAt } = session
  const caller = personCaller(userId, authenticatedAt, await currentSettings(c.env.ACCOUNTS))
  return ok({ caller, organizationId: null, fingerprint: `session:${id}`, session })
}

/** Of a person whom the product itself has signed in. */
async function issuersCredential(token: string, c: Context<HttpEnvironment>): Promise<Authenticated> {
  const now = Date.now()
  const keepAlive = (work: Promise<unknown>) => c.executionCtx.waitUntil(work)
  const verified = await verifyToken(token, c.var.config.TRUSTED_ISSUERS, now, keepAlive)
  if (!verified.ok) return verified
  const person = await vouchedPerson(c.env, verified.value, logOf(c), now)
  if (!person.ok) return person
  const { userId, authenticatedAt } = person.value
  const provenAt = Math.max(verified.value.authenticatedAt ?? 0, authenticatedAt ?? 0)
  const { issuer, subject } = verified.value
  const identity = { issuer, subject }
  const fingerprint = `identity:${subjectHash(identity)}`
  const caller = personCaller(userId, provenAt, await currentSettings(c.env.ACCOUNTS))
  return ok({ caller, organizationId: null, fingerprint, session: null, identity })
}
