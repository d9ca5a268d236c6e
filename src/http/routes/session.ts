import { Hono } from 'hono'
import { forgetRevoked } from '../../accounts/session-cache.ts'
import { revokeSession } from '../../accounts/sessions.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/sign-in.ts'
import * as present from '../present.ts'
import { noBody } from '../validation.ts'

/** Of the session that the request is made with. */
export const currentSession = new Hono<HttpEnvironment>()

currentSession.get('/session', describe(operation.getSession), (c) => {
  const { session } = c.var
  return c.json(present.session(session, session.id))
})

currentSession.post('/sign-out', describe(operation.signOut), noBody, async (c) => {
  const { id, userId } = c.var.session
  forgetRevoked(c.env.DIRECTORY, await revokeSession(c.env.DIRECTORY, userId, id), Date.now())
  return c.body(null, 204)
})
