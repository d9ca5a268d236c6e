import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { attributeDefinitions } from '../accounts/attributes.ts'
import { countRefusal, originOf } from '../accounts/authentication-log.ts'
import { signInvitationLink } from '../accounts/invitation-link.ts'
import { networkOf } from '../accounts/network.ts'
import { RequestSignIn, VerifySignIn } from '../contract/sign-in.ts'
import { configOf } from '../env.ts'
import { missingAttributes } from '../membership/attributes.ts'
import { endSession } from '../onboarding/end-access.ts'
import { logSignIn } from '../onboarding/log-sign-in.ts'
import {
  requestSignIn,
  type SignedIn,
  type SignInRefusal,
  signInWithCode,
  signInWithLink,
  viewSignInLink,
} from '../onboarding/sign-in.ts'
import { allowedMethods } from './allowed-methods.tsx'
import { deviceOfBrowser, setDeviceCookie } from './device-cookie.ts'
import type { PortalEnvironment } from './environment.ts'
import { redirectWith, takeFlash } from './flash.ts'
import { formBody } from './form-body.ts'
import { homePath } from './home.ts'
import { localPath } from './local-path.ts'
import { page } from './page.ts'
import { pageHeaders } from './page-headers.ts'
import { CodePage } from './pages/sign-in/code-page.tsx'
import { LinkPage } from './pages/sign-in/link-page.tsx'
import { RefusedSignInPage } from './pages/sign-in/refused-sign-in-page.tsx'
import { SignInPage } from './pages/sign-in/sign-in-page.tsx'
import { duration } from './readable-time.ts'
import { setSessionCookie } from './session-cookie.ts'
import { attemptOf, forgetAttempt, rememberAttempt, type SignInAttempt } from './sign-in-attempt.ts'
import { reachesEverything, visitorOf } from './visitor.ts'
import { wrongCode } from './wrong-code.ts'

/** By a code, or a link, that is mailed to one's address. */
export const signInRoutes = new Hono<PortalEnvironment>()

signInRoutes.use('/sign-in/*', pageHeaders, csrf())

signInRoutes.get('/sign-in', async (c) => {
  const next = localPath(c.req.query('next'))
  const visitor = await visitorOf(c)
  if (visitor !== null && reachesEverything(visitor)) return c.redirect(next ?? (await homePath(c, visitor)))
  const signUp = c.var.settings.sign_up_enabled
  return page(c, <SignInPage next={next} flash={takeFlash(c)} signUp={signUp} confirming={visitor?.user.email} />)
})

signInRoutes.post('/sign-in', async (c) => {
  const form = await formBody(c)
  const next = localPath(form.text('next'))
  const parsed = RequestSignIn.safeParse({ email: form.text('email') })
  if (parsed.success) return mailCode(c, { email: parsed.data.email, next })
  const signUp = c.var.settings.sign_up_enabled
  const error = 'Enter an address, as in ann@example.com.'
  return page(c, <SignInPage next={next} signUp={signUp} email={form.text('email')} error={error} />, 422)
})
signInRoutes.all('/sign-in', allowedMethods('GET', 'HEAD', 'POST'))

signInRoutes.get('/sign-in/code', (c) => {
  const attempt = attemptOf(c)
  return attempt === null ? c.redirect('/sign-in') : page(c, <CodePage email={attempt.email} flash={takeFlash(c)} />)
})

signInRoutes.post('/sign-in/code', async (c) => {
  const attempt = attemptOf(c)
  if (attempt === null) return c.redirect('/sign-in', 303)
  const { email } = attempt
  const parsed = VerifySignIn.safeParse({ email, code: (await formBody(c)).text('code') })
  if (!parsed.success || parsed.data.code === undefined) {
    return page(c, <CodePage email={email} error="A code has six digits." />, 422)
  }
  const network = networkOf(c.req.header('CF-Connecting-IP'))
  const given = { ...from(c), email, code: parsed.data.code, network }
  const signedIn = await signInWithCode(c.env, configOf(c.env), given, Date.now())
  return signedIn.ok ? enter(c, signedIn.value, attempt.next) : refused(c, signedIn.error, attempt)
})
signInRoutes.all('/sign-in/code', allowedMethods('GET', 'HEAD', 'POST'))

signInRoutes.post('/sign-in/resend', async (c) => {
  const attempt = attemptOf(c)
  return attempt === null ? c.redirect('/sign-in', 303) : mailCode(c, attempt)
})
signInRoutes.all('/sign-in/resend', allowedMethods('POST'))

signInRoutes.get('/sign-in/link/:token', async (c) => {
  const token = c.req.param('token')
  const viewed = await viewSignInLink(c.env, configOf(c.env), token, Date.now())
  return viewed.ok ? page(c, <LinkPage {...viewed.value} token={token} />) : refused(c, viewed.error, null)
})

signInRoutes.post('/sign-in/link/:token', async (c) => {
  const link = { ...from(c), token: c.req.param('token') }
  const signedIn = await signInWithLink(c.env, configOf(c.env), link, Date.now())
  if (!signedIn.ok) return refused(c, signedIn.error, null)
  const attempt = attemptOf(c)
  return enter(c, signedIn.value, attempt?.email === signedIn.value.user.email ? attempt.next : null)
})
signInRoutes.all('/sign-in/link/:token', allowedMethods('GET', 'HEAD', 'POST'))

const from = (c: Context<PortalEnvironment>) => ({
  userAgent: c.req.header('User-Agent') ?? null,
  deviceId: deviceOfBrowser(c),
  origin: originOf(c),
})

async function mailCode(c: Context<PortalEnvironment>, attempt: SignInAttempt): Promise<Response> {
  const origin = { network: networkOf(c.req.header('CF-Connecting-IP')), deviceId: deviceOfBrowser(c) }
  const request = { email: attempt.email, ...origin }
  await requestSignIn(c.env, configOf(c.env), request, Date.now())
  rememberAttempt(c, attempt)
  return redirectWith(c, '/sign-in/code', 'code_sent')
}

/** From here on the browser is the person's. */
async function enter(c: Context<PortalEnvironment>, signedIn: SignedIn, next: string | null): Promise<Response> {
  await endSessionOfLink(c)
  setSessionCookie(c, signedIn.token)
  setDeviceCookie(c, signedIn.device.id)
  logSignIn(c, signedIn.session)
  forgetAttempt(c)
  const joined = signedIn.invited?.acceptance?.redirectUrl
  if (joined != null) return c.redirect(joined, 303)
  const invitation =
    signedIn.invited && `/invitations/${signInvitationLink(signedIn.invited.link, configOf(c.env).LINK_KEYS)}`
  const path = invitation ?? next ?? (await homePath(c, signedIn))
  const definitions = await attributeDefinitions(c.env.ACCOUNTS)
  const asks = signedIn.created || missingAttributes(definitions, signedIn.user.attributes).length > 0
  return c.redirect(asks ? `/welcome?${new URLSearchParams({ next: path })}` : path, 303)
}

/** The session that an invitation link began gives way to the one that a code began. */
async function endSessionOfLink(c: Context<PortalEnvironment>): Promise<void> {
  const former = await visitorOf(c)
  if (former === null || reachesEverything(former)) return
  await endSession(c, former.session, 'replaced')
}

/** `attempt` is what a code was asked for with; null for a link. */
function refused(
  c: Context<PortalEnvironment>,
  error: SignInRefusal,
  attempt: SignInAttempt | null,
): Response | Promise<Response> {
  countRefusal(c, error.code)
  switch (error.code) {
    case 'sign_in_code_wrong':
      return page(c, <CodePage email={attempt?.email ?? ''} error={wrongCode(error.triesLeft)} />, 401)
    case 'sign_in_code_expired':
      return page(c, <RefusedSignInPage code={error.code} wasLink={attempt === null} />, 410)
    case 'sign_in_rate_limited': {
      c.header('Retry-After', String(error.retryAfterSeconds))
      return page(c, <RefusedSignInPage code={error.code} wait={duration(error.retryAfterSeconds * 1000)} />, 429)
    }
    case 'sign_up_disabled':
      return page(c, <RefusedSignInPage code={error.code} />, 403)
    case 'account_closing':
      return page(c, <RefusedSignInPage code={error.code} />, 409)
  }
}
