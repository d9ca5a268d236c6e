import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { countRefusal, logOf } from '../../accounts/authentication-log.ts'
import { signInOperator } from '../../accounts/operator-session.ts'
import { configOf } from '../../env.ts'
import { isReadOnly } from '../../membership/actor.ts'
import { allowedMethods } from '../allowed-methods.tsx'
import type { PortalEnvironment } from '../environment.ts'
import { redirectWith, takeFlash } from '../flash.ts'
import { formBody } from '../form-body.ts'
import { leadTo } from '../lead-to.ts'
import { localPath } from '../local-path.ts'
import { page } from '../page.ts'
import { duration } from '../readable-time.ts'
import { wantedPage } from '../visitor.ts'
import { setOperatorCookie, signedInOperator, signOutOperator } from './operator-cookie.ts'
import { readOnlyRefusal } from './operator-page.tsx'
import { OperatorSignInPage } from './sign-in-page.tsx'

const HOME = '/operator/organizations'

/** By the operator key, which is compared and forgotten. */
export const operatorSignInRoutes = new Hono<PortalEnvironment>()

operatorSignInRoutes.get('/sign-in', async (c) => {
  const next = operatorPath(c.req.query('next'))
  if ((await signedInOperator(c)) !== null) return c.redirect(next ?? HOME)
  return page(c, <OperatorSignInPage next={next} flash={takeFlash(c)} />)
})

operatorSignInRoutes.post('/sign-in', async (c) => {
  const form = await formBody(c)
  const next = operatorPath(form.text('next'))
  const given = { key: form.text('key'), ip: c.req.header('CF-Connecting-IP') }
  const signedIn = await signInOperator(c.env.ACCOUNTS, configOf(c.env), given, Date.now())
  if (signedIn.ok) {
    const { token, keyId } = signedIn.value
    logOf(c).note({ type: 'signed_in', userId: null, method: 'operator_key', operatorKeyId: keyId })
    setOperatorCookie(c, token)
    return c.redirect(next ?? HOME, 303)
  }
  const { error } = signedIn
  countRefusal(c, error.code)
  if (error.code === 'operator_key_wrong') {
    return page(c, <OperatorSignInPage next={next} error="This is not an operator key." />, 401)
  }
  c.header('Retry-After', String(error.retryAfterSeconds))
  const text = `Too many wrong keys came from your network. Try again in ${duration(error.retryAfterSeconds * 1000)}.`
  return page(c, <OperatorSignInPage next={next} error={text} />, 429)
})
operatorSignInRoutes.all('/sign-in', allowedMethods('GET', 'HEAD', 'POST'))

operatorSignInRoutes.post('/sign-out', async (c) => {
  await signOutOperator(c)
  return redirectWith(c, '/operator/sign-in', 'signed_out')
})
operatorSignInRoutes.all('/sign-out', allowedMethods('POST'))

/** Lets the operator pass. All others are asked for a key, and come back afterwards. A read-only key changes nothing. */
export const operatorOnly = createMiddleware<PortalEnvironment>(async (c, next) => {
  const operator = await signedInOperator(c)
  if (operator !== null) {
    c.set('operator', operator)
    const reads = c.req.method === 'GET' || c.req.method === 'HEAD'
    return reads || !isReadOnly(operator) ? next() : readOnlyRefusal(c)
  }
  const wanted = operatorPath(wantedPage(c) ?? undefined)
  return leadTo(c, wanted === null ? SIGN_IN : `${SIGN_IN}?${new URLSearchParams({ next: wanted })}`)
})

const SIGN_IN = '/operator/sign-in'

/** Where to go on, as far as it is one of the operator's own pages. */
function operatorPath(text: string | undefined): string | null {
  const path = localPath(text)
  return path?.startsWith('/operator/') ? path : null
}

/** For the operator's address itself. */
export const toHome = (c: Context<PortalEnvironment>): Response => c.redirect(HOME)
