import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { networkOf } from '../accounts/network.ts'
import { VerifyReauthentication } from '../contract/reauthentication.ts'
import { configOf } from '../env.ts'
import type { ProofRefusal } from '../onboarding/address-proof.ts'
import { hasFreshProof } from '../onboarding/fresh-proof.ts'
import { isReauthenticating, reauthenticate, requestReauthentication } from '../onboarding/reauthenticate.ts'
import { allowedMethods } from './allowed-methods.tsx'
import type { PortalEnvironment } from './environment.ts'
import { formBody } from './form-body.ts'
import { FreshProofMissing, type PendingFields } from './fresh-proof-missing.ts'
import { localPath } from './local-path.ts'
import { callerOf } from './organization-call.ts'
import { pageHeaders } from './page-headers.ts'
import { ProofPage } from './pages/account/proof-page.tsx'
import { duration } from './readable-time.ts'
import { shellPage } from './shell-page.tsx'
import { signedIn } from './visitor.ts'
import { wrongCode } from './wrong-code.ts'

/*
 * What needs fresh proof asks for a code in between. The page that asks carries the fields of the form that was sent, and
 * where it was sent to; once the code is right, the browser sends the form again (307), so nothing has to be typed twice.
 */

type Call = Context<PortalEnvironment>

const PATH = '/reauthenticate'
const NO_CODE = 'A code has six digits.'
const CODE_OVER = 'This code has expired or was tried too often. Send a new one.'

export const freshProofRoutes = new Hono<PortalEnvironment>()

freshProofRoutes.use(`${PATH}/*`, pageHeaders, csrf(), signedIn)

freshProofRoutes.get(PATH, (c) => c.redirect('/account'))

freshProofRoutes.post(PATH, async (c) => {
  const form = await formBody(c)
  const to = targetOf(form.text('proof_to'))
  if (to === null) return c.redirect('/account', 303)
  const given = VerifyReauthentication.safeParse({ code: form.text('proof_code') })
  if (!given.success) return showForm(c, to, { error: NO_CODE, status: 422 })
  const proof = { code: given.data.code, network: networkOfCall(c) }
  const proven = await reauthenticate(c.env, configOf(c.env), proverOf(c), proof, Date.now())
  return proven.ok ? c.redirect(to, 307) : showForm(c, to, refusalOf(c, proven.error))
})
freshProofRoutes.all(PATH, allowedMethods('GET', 'HEAD', 'POST'))

freshProofRoutes.post(`${PATH}/resend`, async (c) => {
  const to = targetOf((await formBody(c)).text('proof_to'))
  return to === null ? c.redirect('/account', 303) : mailCode(c, to)
})
freshProofRoutes.all(`${PATH}/resend`, allowedMethods('POST'))

/** Throws `FreshProofMissing`, which leads to the page that asks for a code. */
export async function requireFreshProof(c: Call, fields?: PendingFields): Promise<void> {
  if (!(await isProven(c))) throw new FreshProofMissing(fields)
}

export const isProven = (c: Call): Promise<boolean> => hasFreshProof(c.env.ACCOUNTS, callerOf(c), c.var.visitor.session)

/** Answers the form that was sent. A code that is under way is not mailed a second time. */
export async function askForProof(c: Call, fields?: PendingFields): Promise<Response> {
  const { pathname, search } = new URL(c.req.url)
  const to = `${pathname}${search}`
  if (!(await isReauthenticating(c.env, proverOf(c), Date.now()))) return mailCode(c, to, fields)
  return showForm(c, to, { fields })
}

async function mailCode(c: Call, to: string, fields?: PendingFields): Promise<Response> {
  await requestReauthentication(c.env, configOf(c.env), proverOf(c), networkOfCall(c), Date.now())
  return showForm(c, to, { fields })
}

interface Shown {
  /** Absent: those that were sent. */
  readonly fields?: PendingFields | undefined
  readonly error?: string
  readonly status?: ContentfulStatusCode
}

function refusalOf(c: Call, error: ProofRefusal): Shown {
  switch (error.code) {
    case 'sign_in_code_wrong':
      return { error: wrongCode(error.triesLeft), status: 401 }
    case 'sign_in_code_expired':
      return { error: CODE_OVER, status: 410 }
    case 'sign_in_rate_limited':
      c.header('Retry-After', String(error.retryAfterSeconds))
      return { error: `Too many attempts. Try again in ${duration(error.retryAfterSeconds * 1000)}.`, status: 429 }
  }
}

async function showForm(c: Call, to: string, { fields, error, status = 403 }: Shown = {}): Promise<Response> {
  return shellPage(
    c,
    { title: 'Confirm that it is you', reading: true, status },
    <ProofPage email={c.var.visitor.user.email} to={to} fields={fields ?? (await pendingFields(c))} error={error} />,
  )
}

/** As they were sent, but for those of this page itself. */
async function pendingFields(c: Call): Promise<[name: string, value: string][]> {
  const body = await c.req.parseBody({ all: true })
  return Object.entries(body).flatMap(([name, values]) =>
    name.startsWith('proof_')
      ? []
      : [values].flat().flatMap((value): [string, string][] => (typeof value === 'string' ? [[name, value]] : [])),
  )
}

/** A form of these pages, and not the one that asks for the code. */
function targetOf(text: string): string | null {
  const path = localPath(text)
  return path === null || path.startsWith(PATH) ? null : path
}

const proverOf = (c: Call) => {
  const { user, session } = c.var.visitor
  return { user, by: { session } }
}

const networkOfCall = (c: Call): string => networkOf(c.req.header('CF-Connecting-IP'))
