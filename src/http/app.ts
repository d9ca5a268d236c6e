import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import { TrieRouter } from 'hono/router/trie-router'
import { HeldUp } from '../accounts/shield.ts'
import { failureOf, framesOf, isOutage } from '../records/failure.ts'
import { authenticate, identify, identifyIfPossible, knownKey, sessionOnly } from './authentication.ts'
import { envelope } from './envelope.ts'
import type { HttpEnvironment } from './environment.ts'
import { gate, type RefusalPage } from './gate.ts'
import { describe } from './openapi/description.ts'
import { documentOf } from './openapi/document.ts'
import { getDescription } from './openapi/operations/deployment.ts'
import { documented } from './openapi/route-facts.ts'
import { problem } from './problems.ts'
import { RememberingRouter } from './remembering-router.ts'
import { access } from './routes/access.ts'
import { apiKeys } from './routes/api-keys.ts'
import { authenticationLog, memberSignIns } from './routes/authentication-log.ts'
import { bulkInvitations } from './routes/bulk-invitations.ts'
import { bulkMembers } from './routes/bulk-members.ts'
import { emailChanges } from './routes/email-changes.ts'
import { environmentEvents } from './routes/environment-events.ts'
import { events } from './routes/events.ts'
import { health } from './routes/health.ts'
import { invitationLinks } from './routes/invitation-links.ts'
import { invitations } from './routes/invitations.ts'
import { mailBlocks } from './routes/mail-blocks.ts'
import { me } from './routes/me.ts'
import { members } from './routes/members.ts'
import { operatorKeys } from './routes/operator-keys.ts'
import { organizations } from './routes/organizations.ts'
import { reauthentication } from './routes/reauthentication.ts'
import { rebuild } from './routes/rebuild.ts'
import { roles } from './routes/roles.ts'
import { currentSession } from './routes/session.ts'
import { settings } from './routes/settings.ts'
import { signIn } from './routes/sign-in.ts'
import { userAttributes } from './routes/user-attributes.ts'
import { users } from './routes/users.ts'
import { credentialShield, networkShield } from './shield.ts'
import { wellFormedBody } from './validation.ts'

const MAX_BODY_BYTES = 1024 * 1024
/** Where no organization answers for the credential. */
const OF_DEPLOYMENT = [
  '/v1/settings',
  '/v1/events/*',
  '/v1/mail-blocks/*',
  '/v1/rebuild/*',
  '/v1/operator-keys/*',
  '/v1/user-attributes/*',
  '/v1/users/*',
  '/v1/organizations',
  '/v1/invitations/:token/accept',
]
const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']

const limitBody = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => problem(c, { code: 'payload_too_large' }) })

/**
 * The API. Every answer that is no resource is a problem document, whatever went wrong. `page` is for what else is mounted
 * on it, whose visitors are people.
 */
export function api(page: RefusalPage = problem): Hono<HttpEnvironment> {
  const app = new Hono<HttpEnvironment>({ router: new RememberingRouter(new TrieRouter()) })
  app.use(envelope)
  app.use(gate(page))
  app.use(networkShield(page))
  app.use(documented({ refusesBodies: ['payload_too_large'] }, limitBody))

  app.use('/health', identifyIfPossible)
  app.route('/health', health)
  app.get('/openapi.json', describe(getDescription), (c) => c.json(documentOf(app)))
  app.use('/v1/settings', authenticate)
  app.use('/v1/events/*', authenticate)
  app.use('/v1/mail-blocks/*', authenticate)
  app.use('/v1/rebuild/*', authenticate)
  app.use('/v1/operator-keys/*', authenticate)
  app.use('/v1/user-attributes/*', authenticate)
  app.use('/v1/users/*', authenticate)
  app.use('/v1/organizations/*', authenticate)
  app.use('/v1/invitations/:token/accept', identify)
  for (const path of OF_DEPLOYMENT) app.use(path, knownKey)
  app.use('/v1/session/reauthenticate/*', authenticate, knownKey)
  for (const path of ['/v1/session', '/v1/session/organization', '/v1/sign-out']) {
    app.use(path, authenticate, knownKey, sessionOnly)
  }
  app.use('/v1/*', credentialShield, wellFormedBody)
  app.route('/v1/sign-in', signIn)
  app.route('/v1/session/reauthenticate', reauthentication)
  app.route('/v1', currentSession)
  app.route('/v1/settings', settings)
  app.route('/v1/events/authentication', authenticationLog)
  app.route('/v1/events', environmentEvents)
  app.route('/v1/mail-blocks', mailBlocks)
  app.route('/v1/rebuild', rebuild)
  app.route('/v1/operator-keys', operatorKeys)
  app.route('/v1/user-attributes', userAttributes)
  app.route('/v1/users/me', me)
  app.route('/v1/users', users)
  app.route('/v1/organizations', organizations)
  app.route('/v1/organizations/:organization', members)
  app.route('/v1/organizations/:organization', memberSignIns)
  app.route('/v1/organizations/:organization/members/bulk', bulkMembers)
  app.route('/v1/organizations/:organization/invitations/bulk', bulkInvitations)
  app.route('/v1/organizations/:organization/invitations', invitations)
  app.route('/v1/organizations/:organization/access', access)
  app.route('/v1/organizations/:organization/roles', roles)
  app.route('/v1/organizations/:organization/api-keys', apiKeys)
  app.route('/v1/organizations/:organization/events', events)
  app.route('/v1/invitations', invitationLinks)
  app.route('/v1/email-changes', emailChanges)

  app.notFound((c) => {
    const allow = METHODS.filter((method) => hasRoute(app, method, c.req.path))
    return problem(c, allow.length === 0 ? { code: 'route_not_found' } : { code: 'method_not_allowed', allow })
  })
  app.onError((error, c) => {
    if (error instanceof HTTPException && error.status < 500) return problem(c, { code: 'malformed_json' })
    if (error instanceof HeldUp) {
      return problem(c, { code: 'rate_limited', retryAfterSeconds: error.retryAfterSeconds })
    }
    if (isOutage(error)) {
      console.warn({ message: 'out of reach', request: c.get('requestId'), error: failureOf(error) })
      return problem(c, { code: 'unavailable' })
    }
    console.error({
      message: 'unexpected error',
      request: c.get('requestId'),
      error: failureOf(error),
      stack: framesOf(error),
    })
    return problem(c, { code: 'internal_error' })
  })
  return app
}

function hasRoute(app: Hono<HttpEnvironment>, method: string, path: string): boolean {
  const [handlers] = app.router.match(method, path)
  return handlers.some(([[, route]]) => route.method === method)
}
