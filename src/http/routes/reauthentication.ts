import { Hono } from 'hono'
import { networkOf } from '../../accounts/network.ts'
import { VerifyReauthentication } from '../../contract/reauthentication.ts'
import { type Prover, reauthenticate, requestReauthentication } from '../../onboarding/reauthenticate.ts'
import { personOnly, provingOnly } from '../authentication.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/sign-in.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { body, noBody } from '../validation.ts'

/** Fresh proof, for a session or a token of a trusted issuer. */
export const reauthentication = new Hono<HttpEnvironment>()

reauthentication.use(provingOnly, personOnly)

reauthentication.post('/', describe(operation.requestReauthentication), noBody, async (c) => {
  const { config, person, proving: by } = c.var
  const network = networkOf(c.req.header('CF-Connecting-IP'))
  const { expiresAt } = await requestReauthentication(c.env, config, { user: person, by }, network, Date.now())
  return c.json({ object: 'reauthentication_request', email: person.email, expires_at: present.shown(expiresAt) }, 202)
})

reauthentication.post(
  '/verify',
  describe(operation.verifyReauthentication),
  body(VerifyReauthentication),
  async (c) => {
    const { config, person, proving: by } = c.var
    const { code } = c.req.valid('json')
    const network = networkOf(c.req.header('CF-Connecting-IP'))
    const now = Date.now()
    const prover: Prover = { user: person, by }
    const proven = await reauthenticate(c.env, config, prover, { code, network }, now)
    if (!proven.ok) return problem(c, proven.error)
    return proven.value === null
      ? c.json({ object: 'reauthentication', user_id: person.id, authenticated_at: present.shown(now) })
      : c.json(present.session(proven.value, proven.value.id))
  },
)
