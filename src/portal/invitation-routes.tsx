import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { logOf } from '../accounts/authentication-log.ts'
import { networkOf } from '../accounts/network.ts'
import { configOf } from '../env.ts'
import { deadLink } from '../membership/decide/accept-invitation.ts'
import { loginUrl } from '../onboarding/acceptance.ts'
import type { AcceptRefusal } from '../onboarding/acceptor.ts'
import {
  acceptInvitation,
  declineInvitation,
  type LinkRefusal,
  viewInvitation,
} from '../onboarding/answer-invitation.ts'
import { endSession } from '../onboarding/end-access.ts'
import type { IntroductionRefusal } from '../onboarding/introduction.ts'
import { logArrival } from '../onboarding/log-sign-in.ts'
import { allowedMethods } from './allowed-methods.tsx'
import { deviceOfBrowser } from './device-cookie.ts'
import type { PortalEnvironment } from './environment.ts'
import { redirectWith } from './flash.ts'
import { type FormFields, formBody } from './form-body.ts'
import { introducing, type StillAsked } from './introducing.ts'
import { page } from './page.ts'
import { pageHeaders } from './page-headers.ts'
import { BeforeJoiningPage } from './pages/before-joining-page.tsx'
import {
  CanceledPage,
  DeclinedPage,
  ExpiredPage,
  FormerMemberPage,
  NotAcceptedPage,
  OnHoldPage,
  SupersededPage,
} from './pages/dead-invitation-page.tsx'
import { InvitationPage } from './pages/invitation-page.tsx'
import { JoinedPage } from './pages/joined-page.tsx'
import { OtherAccountPage } from './pages/other-account-page.tsx'
import { UnknownLinkPage } from './pages/unknown-link-page.tsx'
import { UnprovenLinkPage } from './pages/unproven-link-page.tsx'
import { dropSessionCookie, setSessionCookie } from './session-cookie.ts'
import { rememberAttempt } from './sign-in-attempt.ts'
import { signInPath, visitorOf } from './visitor.ts'

const INVITATION = '/invitations/:token'

/** What no form can mend. */
type NotAccepted = Exclude<AcceptRefusal, IntroductionRefusal>

/** For whoever holds an invitation link: the link is the credential, and only a form of its page answers it. */
export const invitationRoutes = new Hono<PortalEnvironment>()

invitationRoutes.use(`${INVITATION}/*`, pageHeaders)

invitationRoutes.get(INVITATION, (c) => show(c, c.req.param('token')))
invitationRoutes.all(INVITATION, allowedMethods('GET', 'HEAD'))

invitationRoutes.post(`${INVITATION}/accept`, csrf(), async (c) => {
  const token = c.req.param('token')
  const now = Date.now()
  const visitor = (await visitorOf(c))?.session ?? null
  const userAgent = c.req.header('User-Agent') ?? null
  const origin = { network: networkOf(c.req.header('CF-Connecting-IP')), deviceId: deviceOfBrowser(c) }
  const form = await formBody(c)
  const accepted = await introducing(c.env.ACCOUNTS, form, (introduction) =>
    acceptInvitation(c.env, configOf(c.env), token, { visitor, introduction, userAgent, ...origin }, now),
  )
  if (!accepted.ok) return notAccepted(c, token, form, accepted.error)
  const { session } = accepted.value
  if (session !== null) {
    setSessionCookie(c, session.token)
    logArrival(c, session.session)
  }
  return c.redirect(accepted.value.redirectUrl ?? `/invitations/${token}`, 303)
})
invitationRoutes.all(`${INVITATION}/accept`, allowedMethods('POST'))

invitationRoutes.post(`${INVITATION}/decline`, csrf(), async (c) => {
  const token = c.req.param('token')
  const declined = await declineInvitation(c.env, configOf(c.env).LINK_KEYS, token)
  return declined.ok ? c.redirect(`/invitations/${token}`, 303) : show(c, token, declined.error)
})
invitationRoutes.all(`${INVITATION}/decline`, allowedMethods('POST'))

/** For whoever is signed in as someone else: signs them out, so that the link alone counts. */
invitationRoutes.post(`${INVITATION}/switch-account`, csrf(), async (c) => {
  const visitor = await visitorOf(c)
  if (visitor !== null) await endSession(c, visitor.session, 'other_account')
  dropSessionCookie(c)
  return c.redirect(`/invitations/${c.req.param('token')}`, 303)
})
invitationRoutes.all(`${INVITATION}/switch-account`, allowedMethods('POST'))

function notAccepted(
  c: Context<PortalEnvironment>,
  token: string,
  form: FormFields,
  error: Exclude<LinkRefusal, IntroductionRefusal> | StillAsked,
): Response | Promise<Response> {
  switch (error.code) {
    case 'still_asked':
      return askFirst(c, token, form, error)
    case 'sign_in_required':
      rememberAttempt(c, { email: error.email, next: `/invitations/${token}` })
      return redirectWith(c, '/sign-in/code', 'code_to_accept')
    default:
      return show(c, token, error)
  }
}

function unknownLink(c: Context<PortalEnvironment>): Response | Promise<Response> {
  logOf(c).refuse('invalid_invitation_link')
  return page(c, <UnknownLinkPage />, 404)
}

async function askFirst(
  c: Context<PortalEnvironment>,
  token: string,
  form: FormFields,
  asked: StillAsked,
): Promise<Response> {
  const viewed = await viewInvitation(c.env, configOf(c.env).LINK_KEYS, token)
  if (!viewed.ok) return unknownLink(c)
  return page(c, <BeforeJoiningPage view={viewed.value} token={token} form={form} asked={asked} />, 422)
}

/** The page that fits the state of the invitation, or the refusal of an answer to it. Changes nothing. */
async function show(c: Context<PortalEnvironment>, token: string, refusal?: NotAccepted): Promise<Response> {
  const viewed = await viewInvitation(c.env, configOf(c.env).LINK_KEYS, token)
  if (!viewed.ok) return unknownLink(c)
  const view = viewed.value
  const { settings } = c.var
  const now = Date.now()
  const pause = view.onHold ? ({ code: 'maker_suspended' } as const) : null
  const obstacle = refusal ?? deadLink(view.invitation, view.link.sendNumber, now) ?? pause
  switch (obstacle?.code) {
    case undefined: {
      const label = settings.organization_label.singular
      return page(c, <InvitationPage view={view} token={token} label={label} now={now} />)
    }
    case 'invitation_not_pending': {
      if (view.formerMember) return page(c, <FormerMemberPage view={view} />, refusal === undefined ? 410 : 409)
      const { initiate_login_uri: uri } = settings
      const signInUrl = uri === null ? null : loginUrl(uri, view.link.organizationId, view.invitation.email)
      return page(c, <JoinedPage view={view} signInUrl={signInUrl} />, refusal === undefined ? 200 : 409)
    }
    case 'invitation_expired':
      return page(c, <ExpiredPage view={view} />, 410)
    case 'invitation_canceled':
      return page(c, <CanceledPage view={view} />, 410)
    case 'invitation_declined':
      return page(c, <DeclinedPage view={view} />, 410)
    case 'invitation_link_superseded':
      return page(c, <SupersededPage view={view} />, 410)
    case 'maker_suspended':
      return page(c, <OnHoldPage view={view} />, 409)
    case 'email_mismatch':
      return page(c, <OtherAccountPage view={view} token={token} email={await emailOfVisitor(c)} />, 409)
    case 'email_unproven':
      return page(c, <UnprovenLinkPage view={view} signInPath={signInPath(`/invitations/${token}`)} />, 403)
    default:
      return page(c, <NotAcceptedPage view={view} />, 409)
  }
}

const emailOfVisitor = async (c: Context<PortalEnvironment>): Promise<string | null> =>
  (await visitorOf(c))?.user.email ?? null
