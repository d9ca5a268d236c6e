import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { PortalEnvironment } from './environment.ts'
import { isSecure } from './session-cookie.ts'

/*
 * One sentence for the next page, after something was done. The cookie holds a code that is known here, and perhaps a
 * number: nobody can make a page say what they like.
 */

export interface Flash {
  readonly tone: 'good' | 'warning' | 'bad'
  readonly text: string
}

type Message = Flash | ((count: number) => Flash)

const good = (text: string): Flash => ({ tone: 'good', text })

const MESSAGES = {
  signed_out: good('You have signed out.'),
  code_sent: good('The mail is on its way.'),
  code_to_accept: good('Enter the code to accept the invitation. The mail is on its way.'),
  account_deleted: good('Your account was deleted.'),
  profile_saved: good('Your profile was saved.'),
  identity_unlinked: good('The identity provider was unlinked.'),
  email_changed: good('Your address was changed.'),
  session_ended: good('That device was signed out.'),
  other_sessions_ended: (count) =>
    good(count === 1 ? 'One other device was signed out.' : `${count} other devices were signed out.`),
  invitation_accepted: good('You are in. Welcome!'),
  invitation_declined: good('You have declined the invitation.'),
  organization_created: good('It is ready. Invite your team.'),
  role_changed: good('The role was changed.'),
  member_suspended: good('Access is suspended. Reactivate them whenever you like.'),
  member_reactivated: good('They are active again.'),
  member_removed: good('They were removed. Their access has ended.'),
  invitation_resent: good('The invitation was sent again. Only the new link works.'),
  invitation_canceled: good('The invitation was canceled. Its link is dead.'),
  organization_left: good('You have left.'),
  role_created: good('The role was created.'),
  role_saved: good('The role was changed. It counts from the next thing that its people do.'),
  role_deleted: good('The role was deleted.'),
  settings_saved: good('Your changes were saved.'),
  invitations_allowed: good('Invitations are allowed again.'),
  ownership_transferred: good('Ownership was transferred. You are an admin now.'),
  organization_deleted: good('It was deleted. For 30 days the operator can bring it back.'),
  operator_organization_deleted: good('It was deleted. For 30 days it can be brought back here.'),
  operator_organization_created: good('It was created.'),
  organization_restored: good('It is back, with everything as it was.'),
  organization_rebuilt: good('The directory has everything of it anew.'),
  attribute_created: good('The attribute was created.'),
  attribute_deleted: good('The attribute was deleted. Nobody is asked for it any more.'),
  operator_account_deleted: good('The account was deleted.'),
  sessions_ended: (count) => good(count === 1 ? 'One device was signed out.' : `${count} devices were signed out.`),
  api_key_revoked: good('Key revoked.'),
  operator_key_revoked: good('Operator key revoked.'),
  operator_key_exists: { tone: 'warning', text: 'The key exists already. Its secret was shown once.' },
} as const satisfies Record<string, Message>

export type FlashCode = keyof typeof MESSAGES

const COOKIE = 'muster_flash'
const SHORTLY_SECONDS = 60

/** Leads on to a page of ours, which says what was done. */
export function redirectWith(
  c: Context<PortalEnvironment>,
  path: string,
  code: FlashCode,
  count: number | null = null,
): Response {
  const options = { path: '/', httpOnly: true, secure: isSecure(c), sameSite: 'Lax', maxAge: SHORTLY_SECONDS } as const
  setCookie(c, COOKIE, count === null ? code : `${code}.${count}`, options)
  return c.redirect(path, 303)
}

/** What the page before has left to say; said once. */
export function takeFlash(c: Context<PortalEnvironment>): Flash | null {
  const value = getCookie(c, COOKIE)
  if (value === undefined) return null
  deleteCookie(c, COOKIE, { path: '/', secure: isSecure(c) })
  const [code = '', count = ''] = value.split('.')
  if (!Object.hasOwn(MESSAGES, code) || !/^\d{0,9}$/.test(count)) return null
  const message: Message = MESSAGES[code as FlashCode]
  return typeof message === 'function' ? message(Number(count)) : message
}
