import { type Context, Hono } from 'hono'
import { attributeDefinitions } from '../../accounts/attributes.ts'
import { logOf } from '../../accounts/authentication-log.ts'
import { networkOf } from '../../accounts/network.ts'
import { listSessions, NOTHING_KEPT } from '../../accounts/sessions.ts'
import { RequestEmailChange, VerifyEmailChange } from '../../contract/email-change.ts'
import { ListSessions, RevokeSessions } from '../../contract/sessions.ts'
import { UpdateOwnUser } from '../../contract/users.ts'
import { actorOf } from '../../membership/actor.ts'
import { changeAddressByCode, requestEmailChange } from '../../onboarding/change-address.ts'
import { withoutLeftOrganizations } from '../../onboarding/current-organization.ts'
import { deleteOwnAccount } from '../../onboarding/delete-account.ts'
import { endSession, reasonOf, signOutEverywhere } from '../../onboarding/end-access.ts'
import { hasFreshProof } from '../../onboarding/fresh-proof.ts'
import { personOnly } from '../authentication.ts'
import { deviceOfRequest } from '../device-header.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/account.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { changeUser } from '../user-change.ts'
import { body, noBody, query } from '../validation.ts'
import { ownSignIns } from './authentication-log.ts'
import { ownIdentities } from './identities.ts'
import { ownInvitationRoutes } from './own-invitations.ts'
import { ownOrganizations } from './own-organizations.ts'

/** What people see and decide of themselves: `c.var.person` is who. Stands before `/v1/users`, so that `me` is no id there. */
export const me = new Hono<HttpEnvironment>()

me.use(personOnly)
me.route('/organizations', ownOrganizations)
me.route('/invitations', ownInvitationRoutes)
me.route('/sign-ins', ownSignIns)
me.route('/identities', ownIdentities)

me.get('/', describe(operation.getOwnUser), async (c) =>
  c.json(present.user(await attributeDefinitions(c.env.ACCOUNTS))(c.var.person)),
)

me.patch('/', describe(operation.updateOwnUser), body(UpdateOwnUser), (c) => {
  const { person, personCaller } = c.var
  return changeUser(c, person.id, c.req.valid('json'), actorOf(personCaller))
})

me.get('/sessions', describe(operation.listSessions), query(ListSessions), async (c) => {
  const { limit, cursor = null } = c.req.valid('query')
  const { person, credential } = c.var
  const listed = await listSessions(c.env.ACCOUNTS, person.id, { limit, cursor }, Date.now())
  if (!listed.ok) return problem(c, listed.error)
  const { items, nextCursor } = listed.value
  const standing = { items: await withoutLeftOrganizations(c.env, items), nextCursor }
  return c.json(present.list(standing, (session) => present.session(session, credential.session?.id)))
})

me.delete('/sessions', describe(operation.revokeSessions), noBody, query(RevokeSessions), async (c) => {
  const { person, credential } = c.var
  const { including_current: isCurrentMeant } = c.req.valid('query')
  const current = { sessionId: credential.session?.id ?? null, deviceId: deviceOfRequest(c) }
  await signOutEverywhere(c, person.id, actorOf(c.var.personCaller), isCurrentMeant ? NOTHING_KEPT : current)
  return c.body(null, 204)
})

me.delete('/sessions/:session', describe(operation.revokeSession), noBody, async (c) => {
  const { person, personCaller } = c.var
  const session = { userId: person.id, id: c.req.param('session') }
  const ended = await endSession(c, session, reasonOf(actorOf(personCaller), 'revoked'))
  return ended ? c.body(null, 204) : problem(c, { code: 'session_not_found' })
})

me.post('/email', describe(operation.requestEmailChange), body(RequestEmailChange), async (c) => {
  const { email } = c.req.valid('json')
  const { person: user, config } = c.var
  if (email === user.email) return problem(c, { code: 'invalid', path: 'email', message: 'This is your address.' })
  if (!(await isProven(c))) return problem(c, { code: 'reauthentication_required' })
  const asked = { user, email, network: networkOf(c.req.header('CF-Connecting-IP')) }
  const { expiresAt } = await requestEmailChange(c.env, config, asked, Date.now())
  return c.json({ object: 'email_change', email, expires_at: present.shown(expiresAt) }, 202)
})

me.post('/email/verify', describe(operation.verifyEmailChange), body(VerifyEmailChange), async (c) => {
  const { person: user, personCaller: caller, credential, config } = c.var
  const given = { code: c.req.valid('json').code, network: networkOf(c.req.header('CF-Connecting-IP')) }
  const changing = { user, caller, sessionId: credential.session?.id ?? null, log: logOf(c) }
  const changed = await changeAddressByCode(c.env, config, changing, given, Date.now())
  if (!changed.ok) return problem(c, changed.error)
  return c.json(present.user(await attributeDefinitions(c.env.ACCOUNTS))(changed.value))
})

me.delete('/', describe(operation.deleteAccount), noBody, async (c) => {
  const { person, personCaller } = c.var
  const by = { actor: actorOf(personCaller), isProven: () => isProven(c) }
  const deleted = await deleteOwnAccount(c.env, person, by, Date.now())
  return deleted.ok ? c.body(null, 204) : problem(c, deleted.error)
})

function isProven(c: Context<HttpEnvironment>): Promise<boolean> {
  const { caller, session } = c.var.credential
  return hasFreshProof(c.env.ACCOUNTS, caller, session)
}
