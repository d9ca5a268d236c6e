import { Hono } from 'hono'
import { ChooseOrganization } from '../../contract/sessions.ts'
import { enterOrganization, withoutLeftOrganizations } from '../../onboarding/current-organization.ts'
import { endSession } from '../../onboarding/end-access.ts'
import { logEntry } from '../../onboarding/log-sign-in.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/sign-in.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { body, noBody } from '../validation.ts'

/** Of the session that the request is made with. */
export const currentSession = new Hono<HttpEnvironment>()

currentSession.get('/session', describe(operation.getSession), async (c) => {
  const { session } = c.var
  const [standing = session] = await withoutLeftOrganizations(c.env, [session])
  return c.json(present.session(standing, session.id))
})

currentSession.post(
  '/session/organization',
  describe(operation.chooseOrganization),
  body(ChooseOrganization),
  async (c) => {
    const { organization_id: organizationId } = c.req.valid('json')
    const entered = await enterOrganization(c.env, c.var.session, organizationId, Date.now())
    if (!entered.ok) return problem(c, entered.error)
    if (organizationId !== null) logEntry(c, c.var.session, organizationId)
    return c.json(present.session(entered.value, entered.value.id))
  },
)

currentSession.post('/sign-out', describe(operation.signOut), noBody, async (c) => {
  await endSession(c, c.var.session, 'signed_out')
  return c.body(null, 204)
})
