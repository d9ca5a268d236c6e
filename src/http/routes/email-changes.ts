import { Hono } from 'hono'
import { logOf } from '../../accounts/authentication-log.ts'
import { addressChangeOf, takeBack } from '../../onboarding/take-back-address.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/account.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { noBody } from '../validation.ts'

/** For people who read the mail of the former email: the link in it is the credential. */
export const emailChanges = new Hono<HttpEnvironment>()

emailChanges.get('/:token', describe(operation.viewEmailChange), async (c) => {
  const found = await addressChangeOf(c.env, c.var.config, c.req.param('token'), Date.now())
  if (!found.ok) return problem(c, found.error)
  const { formerEmail: email, changedAt, expiresAt } = found.value
  const times = { changed_at: present.shown(changedAt), expires_at: present.shown(expiresAt) }
  return c.json({ object: 'email_change', email, ...times })
})

emailChanges.post('/:token/take-back', describe(operation.takeBackEmailChange), noBody, async (c) => {
  const taken = await takeBack(c.env, c.var.config, c.req.param('token'), logOf(c), Date.now())
  return taken.ok ? c.json({ object: 'email_change', email: taken.value, taken_back: true }) : problem(c, taken.error)
})
