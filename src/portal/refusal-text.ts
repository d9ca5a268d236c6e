import type { Refusal } from '../organization/requests.ts'
import { counted, duration } from './readable-time.ts'

/** What to tell a person about a refusal: what is the case, and what to do about it. */
export function refusalText(error: Refusal): string {
  switch (error.code) {
    case 'not_found':
      return `This ${error.resource.replace('_', ' ')} is not there any more.`
    case 'unauthenticated':
      return 'You are not signed in any more.'
    case 'forbidden':
      return `Your role does not allow this: it takes the permission ${error.permission}.`
    case 'member_suspended':
      return 'Your membership is suspended.'
    case 'reauthentication_required':
      return 'Confirm that it is you with a code first.'
    case 'maker_suspended':
      return error.of === 'api_key'
        ? 'The person who created this API key is suspended, so the key is on hold.'
        : 'The person who sent this invitation is suspended, so the invitation is on hold. Try again later, or ask another person to send it again.'
    case 'invalid':
      return error.message
    case 'last_owner':
      return 'There must always be an owner. Make someone else an owner first.'
    case 'single_owner':
      return 'There is exactly one owner here. Ownership changes hands by a transfer only.'
    case 'several_owners':
      return `There are ${error.owners} owners. Leave one of them before allowing only one.`
    case 'member_not_active':
      return 'This takes an active member. Reactivate them first.'
    case 'seat_limit_reached':
      return `All ${error.seats.limit ?? 0} seats are taken. Free a seat, or get more of them.`
    case 'already_invited':
      return 'This address has an open invitation already. It can be sent again.'
    case 'already_member':
      return 'This address belongs to a member already.'
    case 'external_id_taken':
      return 'Another member has this external ID.'
    case 'removed_by_admin':
      return 'This person was removed. Invite them to let them back in.'
    case 'suspended_by_admin':
      return 'This person is suspended. Reactivate them first.'
    case 'arrivals_refused':
      return 'Not all of these people could be added, so nobody was.'
    case 'email_mismatch':
      return 'This invitation was sent to another address than the one you are signed in with.'
    case 'sign_in_required':
      return 'Sign in first, then accept the invitation.'
    case 'invitation_not_pending':
      return 'This invitation is not open any more.'
    case 'invitation_canceled':
      return 'This invitation was canceled.'
    case 'invitation_declined':
      return 'This invitation was declined.'
    case 'invitation_expired':
      return 'This invitation has expired. It can be sent again.'
    case 'invitation_link_superseded':
      return 'A newer link was sent, and only that one works.'
    case 'bulk_refused':
      return 'Not all of them could be invited, so nobody was.'
    case 'resend_too_soon':
      return `It was sent a moment ago. Try again in ${wait(error.retryAfterSeconds)}.`
    case 'invitation_rate_limited':
      return `Too many invitation mails have been sent, to this person or today. Try again in ${wait(error.retryAfterSeconds)}.`
    case 'role_exists':
      return 'There is a role with this key already. Choose another.'
    case 'role_built_in':
      return 'Built-in roles stay as they are.'
    case 'role_in_use':
      return 'People hold this role. Choose which role they get instead.'
    case 'role_limit_reached':
      return `There are ${error.limit} roles already, as many as there can be.`
    case 'api_key_limit_reached':
      return `There are ${error.limit} keys already, as many as there can be. Revoke one first.`
    case 'restore_window_passed':
      return 'It was deleted too long ago to be brought back.'
    case 'claim_expired':
      return 'This took too long. Try again.'
    case 'revision_mismatch':
      return 'Somebody else has changed it meanwhile. Look at it anew, and try again.'
    case 'idempotency_key_reused':
      return 'This was sent before with other content.'
  }
}

const MINUTE_SECONDS = 60

const wait = (seconds: number): string =>
  seconds < MINUTE_SECONDS ? counted(seconds, 'second') : duration(seconds * 1000)
