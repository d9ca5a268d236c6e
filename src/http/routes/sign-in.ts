import { Hono } from 'hono'
import { attributeDefinitions } from '../../accounts/attributes.ts'
import { originOf } from '../../accounts/authentication-log.ts'
import { networkOf } from '../../accounts/network.ts'
import { RequestSignIn, VerifySignIn } from '../../contract/sign-in.ts'
import { logSignIn } from '../../onboarding/log-sign-in.ts'
import { requestSignIn, signInWithCode, signInWithLink } from '../../onboarding/sign-in.ts'
import { deviceOfRequest, rememberDevice } from '../device-header.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/sign-in.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { body } from '../validation.ts'

/** For anyone: what was mailed is the credential. */
export const signIn = new Hono<HttpEnvironment>()

signIn.post('/email', describe(operation.requestSignIn), body(RequestSignIn), async (c) => {
  const { email } = c.req.valid('json')
  const origin = { network: networkOf(c.req.header('CF-Connecting-IP')), deviceId: deviceOfRequest(c) }
  const { expiresAt } = await requestSignIn(c.env, c.var.config, { email, ...origin }, Date.now())
  return c.json({ object: 'sign_in', email, expires_at: present.shown(expiresAt) }, 202)
})

signIn.post('/email/verify', describe(operation.verifySignIn), body(VerifySignIn), async (c) => {
  const given = c.req.valid('json')
  const from = { userAgent: c.req.header('User-Agent') ?? null, deviceId: deviceOfRequest(c), origin: originOf(c) }
  const network = networkOf(c.req.header('CF-Connecting-IP'))
  const signedIn =
    given.token !== undefined
      ? await signInWithLink(c.env, c.var.config, { ...from, token: given.token }, Date.now())
      : await signInWithCode(
          c.env,
          c.var.config,
          { ...from, email: given.email, code: given.code, network },
          Date.now(),
        )
  if (!signedIn.ok) return problem(c, signedIn.error)
  rememberDevice(c, signedIn.value.device.id)
  logSignIn(c, signedIn.value.session)
  return c.json(present.signedIn(signedIn.value, await attributeDefinitions(c.env.ACCOUNTS)), 201)
})
