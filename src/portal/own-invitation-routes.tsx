import { type Context, Hono } from 'hono'
import type { AcceptRefusal } from '../onboarding/acceptor.ts'
import type { IntroductionRefusal } from '../onboarding/introduction.ts'
import { acceptOwnInvitation, declineOwnInvitation } from '../onboarding/own-invitations.ts'
import { type NotTaken, showChooser } from './chooser.tsx'
import type { PortalEnvironment } from './environment.ts'
import { redirectWith } from './flash.ts'
import { type FormFields, formBody } from './form-body.ts'
import { introducing, type StillAsked } from './introducing.ts'
import { BeforeAcceptingPage } from './pages/organizations/before-accepting-page.tsx'
import { refusalText } from './refusal-text.ts'
import { shellPage } from './shell-page.tsx'

/** Answers to invitations of whoever is signed in: the address of their account is the proof, no link is needed. */
export const ownInvitationRoutes = new Hono<PortalEnvironment>()

ownInvitationRoutes.post('/:invitation/accept', async (c) => {
  const form = await formBody(c)
  const accepted = await introducing(c.env.ACCOUNTS, form, (introduction) =>
    acceptOwnInvitation(c.env, c.var.visitor.user, c.req.param('invitation'), { introduction }, Date.now()),
  )
  if (!accepted.ok) {
    const { error } = accepted
    return error.code === 'still_asked' ? askFirst(c, form, error) : showChooser(c, notTaken(error))
  }
  const { redirectUrl, organization } = accepted.value
  return redirectUrl === null
    ? redirectWith(c, `/o/${organization.slug}`, 'invitation_accepted')
    : c.redirect(redirectUrl, 303)
})

ownInvitationRoutes.post('/:invitation/decline', async (c) => {
  const declined = await declineOwnInvitation(c.env, c.var.visitor.user, c.req.param('invitation'))
  return declined.ok
    ? redirectWith(c, '/organizations', 'invitation_declined')
    : showChooser(c, notTaken(declined.error))
})

/** What is only posted to, asked for as a page, as after a reload. */
ownInvitationRoutes.get('/:invitation/:answer{accept|decline}', (c) => c.redirect('/organizations'))

const askFirst = (c: Context<PortalEnvironment>, form: FormFields, asked: StillAsked): Promise<Response> =>
  shellPage(
    c,
    { title: 'One more thing', reading: true, status: 422 },
    <BeforeAcceptingPage
      action={c.req.path}
      overview={c.var.settings.organization_label.plural}
      {...{ form, asked }}
    />,
  )

function notTaken(error: Exclude<AcceptRefusal, IntroductionRefusal>): NotTaken {
  switch (error.code) {
    case 'not_found':
      return { text: 'This invitation is not there any more.', status: 404 }
    case 'invitation_expired':
      return { text: 'This invitation has expired meanwhile. Ask to be invited again.', status: 410 }
    case 'invitation_canceled':
    case 'invitation_declined':
      return { text: refusalText(error), status: 410 }
    case 'account_closing':
      return { text: 'Your account is being deleted.', status: 409 }
    case 'email_unproven':
      return { text: 'Sign in by mail first, so that it is certain whose address this is.', status: 403 }
    case 'single_owner':
      return { text: 'It has an owner by now, and only one. Ask to be invited in another role.', status: 409 }
    case 'already_member':
      return { text: 'Somebody belongs to it with this address already. Ask whoever invited you.', status: 409 }
    default:
      return { text: refusalText(error), status: 409 }
  }
}
