import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { logOf } from '../accounts/authentication-log.ts'
import { networkOf } from '../accounts/network.ts'
import { RequestEmailChange, VerifyEmailChange } from '../contract/email-change.ts'
import { configOf } from '../env.ts'
import {
  type AddressRefusal,
  addressOfLink,
  addressUnderWay,
  changeAddressByCode,
  changeAddressByLink,
  requestEmailChange,
} from '../onboarding/change-address.ts'
import type { PortalEnvironment } from './environment.ts'
import { redirectWith } from './flash.ts'
import { formBody } from './form-body.ts'
import { requireFreshProof } from './fresh-proof.tsx'
import { pageHeaders } from './page-headers.ts'
import { EmailChangePage } from './pages/account/email-change-page.tsx'
import { EmailCodePage } from './pages/account/email-code-page.tsx'
import { NewEmailPage } from './pages/account/new-email-page.tsx'
import { ConflictContent } from './pages/refused.tsx'
import { duration } from './readable-time.ts'
import { shellPage } from './shell-page.tsx'
import { signedIn } from './visitor.ts'
import { USE_THE_LINK, wrongCode } from './wrong-code.ts'

type Call = Context<PortalEnvironment>

const PATH = '/account/email'
const TAKEN = 'Another account has this address.'
const CODE_DEAD = 'This code has expired. Send a new one.'
const NO_MORE_MAILS = 'Several codes were sent to this email already. Try again in a quarter of an hour.'
const LINK_DEAD =
  'The link has expired or was used, a newer one was sent, or another account asked for it. Ask for a new one.'

/** Another address to sign in with, for whoever proves that it is theirs, by a code or a link that is mailed to it. */
export const emailChangeRoutes = new Hono<PortalEnvironment>()

emailChangeRoutes.use(`${PATH}/*`, pageHeaders, csrf(), signedIn)

emailChangeRoutes.get(PATH, (c) => askForAddress(c))

emailChangeRoutes.post(PATH, async (c) => {
  const typed = (await formBody(c)).text('email')
  const parsed = RequestEmailChange.safeParse({ email: typed })
  if (!parsed.success) return askForAddress(c, { typed, error: 'Enter an address, as in ann@example.com.' })
  const { email } = parsed.data
  if (email === c.var.visitor.user.email) return askForAddress(c, { typed, error: 'This is your address already.' })
  await requireFreshProof(c)
  return mailCode(c, email)
})

emailChangeRoutes.get(`${PATH}/code`, async (c) => {
  const email = await underWay(c)
  return email === null ? c.redirect(PATH) : askForCode(c, email)
})

emailChangeRoutes.post(`${PATH}/code`, async (c) => {
  const email = await underWay(c)
  if (email === null) return askForAddress(c, { error: CODE_DEAD, status: 410 })
  const parsed = VerifyEmailChange.safeParse({ code: (await formBody(c)).text('code') })
  if (!parsed.success) return askForCode(c, email, { error: 'A code has six digits.' })
  const given = { code: parsed.data.code, network: networkOfCall(c) }
  const changed = await changeAddressByCode(c.env, configOf(c.env), changing(c), given, Date.now())
  return changed.ok ? done(c) : codeRefused(c, email, changed.error)
})

emailChangeRoutes.post(`${PATH}/resend`, async (c) => {
  const email = await underWay(c)
  return email === null ? c.redirect(PATH, 303) : mailCode(c, email)
})
emailChangeRoutes.get(`${PATH}/resend`, (c) => c.redirect(PATH))

emailChangeRoutes.get(`${PATH}/:token`, async (c) => {
  const { user } = c.var.visitor
  const address = await addressOfLink(c.env, configOf(c.env), user, c.req.param('token'), Date.now())
  if (address === null) return deadLink(c)
  return shellPage(c, { title: 'New address', reading: true }, <EmailChangePage email={address.email} />)
})

emailChangeRoutes.post(`${PATH}/:token`, async (c) => {
  const changed = await changeAddressByLink(c.env, configOf(c.env), changing(c), c.req.param('token'), Date.now())
  if (changed.ok) return done(c)
  if (changed.error.code !== 'email_taken') return deadLink(c)
  return shellPage(c, { title: 'Not done', status: 409 }, <ConflictContent text={TAKEN} />)
})

const underWay = (c: Call): Promise<string | null> => addressUnderWay(c.env, c.var.visitor.user, Date.now())

const changing = (c: Call) => ({ user: c.var.visitor.user, sessionId: c.var.visitor.session.id, log: logOf(c) })

const networkOfCall = (c: Call): string => networkOf(c.req.header('CF-Connecting-IP'))

/** That the address is somebody else's is told to nobody before they have proven that they read its mail. */
async function mailCode(c: Call, email: string): Promise<Response> {
  const asked = { user: c.var.visitor.user, email, network: networkOfCall(c) }
  await requestEmailChange(c.env, configOf(c.env), asked, Date.now())
  // At a limit no mail leaves, and the code that is open may be for another email.
  if ((await underWay(c)) !== email) return askForAddress(c, { typed: email, error: NO_MORE_MAILS, status: 429 })
  return redirectWith(c, `${PATH}/code`, 'code_sent')
}

function codeRefused(c: Call, email: string, error: AddressRefusal): Promise<Response> {
  switch (error.code) {
    case 'sign_in_code_wrong':
      return askForCode(c, email, { error: wrongCode(error.triesLeft) })
    case 'sign_in_code_expired':
      return askForCode(c, email, { error: CODE_DEAD, status: 410 })
    case 'sign_in_rate_limited':
      return askForCode(c, email, { error: tooOften(c, error), status: 429 })
    case 'email_taken':
      return askForAddress(c, { typed: email, error: TAKEN, status: 409 })
  }
}

function tooOften(c: Call, { retryAfterSeconds }: { readonly retryAfterSeconds: number }): string {
  c.header('Retry-After', String(retryAfterSeconds))
  return `Too many wrong codes. ${USE_THE_LINK} Codes are accepted again in ${duration(retryAfterSeconds * 1000)}.`
}

interface Refused {
  readonly error: string
  readonly status?: ContentfulStatusCode
}

function askForAddress(c: Call, refused?: Refused & { readonly typed?: string }): Promise<Response> {
  const status = refused === undefined ? 200 : (refused.status ?? 422)
  const { email } = c.var.visitor.user
  return shellPage(c, { title: 'New address', reading: true, status }, <NewEmailPage present={email} {...refused} />)
}

function askForCode(c: Call, email: string, refused?: Refused): Promise<Response> {
  const status = refused === undefined ? 200 : (refused.status ?? 422)
  return shellPage(
    c,
    { title: 'Enter the code', reading: true, status },
    <EmailCodePage email={email} error={refused?.error} />,
  )
}

const deadLink = (c: Call): Promise<Response> =>
  shellPage(c, { title: 'This link has expired', status: 410 }, <ConflictContent text={LINK_DEAD} />)

/** The sessions elsewhere have ended with the change. */
const done = (c: Call): Response => redirectWith(c, '/account', 'email_changed')
