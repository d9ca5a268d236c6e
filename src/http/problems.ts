import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { countRefusal, logOf } from '../accounts/authentication-log.ts'
import { isTriedAsOperatorKey } from '../accounts/wrong-operator-keys.ts'
import type { AttributesRequired } from '../membership/attributes.ts'
import type { RefusalReason } from '../membership/authentication.ts'
import type { Permission } from '../membership/permissions.ts'
import type { OperatorPermission } from '../membership/rejection.ts'
import type { StillOwner } from '../onboarding/delete-account.ts'
import type { SignInRefusal } from '../onboarding/sign-in.ts'
import type { TakeBackRefusal } from '../onboarding/take-back-address.ts'
import type { Refusal } from '../organization/requests.ts'
import { bearerOf } from './bearer.ts'
import * as present from './present.ts'

/** Refusals that come from the edge or the directory rather than from an organization. */
export type EdgeRefusal =
  | { readonly code: 'invalid_request'; readonly errors: readonly { path: string; message: string }[] }
  | { readonly code: 'malformed_json' }
  | { readonly code: 'malformed_csv' }
  | { readonly code: 'unsupported_media_type' }
  | { readonly code: 'payload_too_large' }
  | { readonly code: 'route_not_found' }
  | { readonly code: 'method_not_allowed'; readonly allow: readonly string[] }
  | { readonly code: 'user_not_found' }
  | { readonly code: 'session_not_found' }
  | { readonly code: 'identity_not_found' }
  | TakeBackRefusal
  | { readonly code: 'person_only' }
  | { readonly code: 'session_only' }
  | { readonly code: 'email_taken' }
  | { readonly code: 'email_unproven' }
  | { readonly code: 'user_attribute_exists' }
  | { readonly code: 'user_attribute_limit_reached'; readonly limit: number }
  | { readonly code: 'user_attribute_not_found' }
  | { readonly code: 'mail_block_not_found' }
  | { readonly code: 'operator_key_exists' }
  | { readonly code: 'operator_key_limit_reached'; readonly limit: number }
  | { readonly code: 'operator_key_not_found' }
  | AttributesRequired
  | StillOwner
  | { readonly code: 'slug_taken' }
  | { readonly code: 'slug_reserved' }
  | { readonly code: 'organization_limit_reached'; readonly limit: number }
  | { readonly code: 'email_unverified' }
  | SignInRefusal
  | { readonly code: 'rate_limited'; readonly retryAfterSeconds: number }
  | { readonly code: 'host_not_served' }
  | { readonly code: 'unavailable' }
  | { readonly code: 'internal_error' }

export type AnyRefusal = Refusal | EdgeRefusal
export type RefusalCode = AnyRefusal['code']

interface ProblemBody {
  readonly status: ContentfulStatusCode
  readonly title: string
  readonly detail: string
  /** Where the wire's code differs from the rule's. */
  readonly code?: string
  readonly more?: Record<string, unknown>
  readonly headers?: Record<string, string>
}

export const PROBLEM_TYPE = 'application/problem+json'

/** Answers with a problem document (RFC 9457). */
export function problem(c: Context, refusal: AnyRefusal): Response {
  const { status, headers, body } = problemOf(refusal, c.get('requestId') as string)
  // A call without any credential is a mistake, not an attempt.
  if (refusal.code !== 'unauthenticated') countRefusal(c, refusal.code)
  else if (c.req.header('Authorization') !== undefined) logOf(c).refuse(credentialRefusal(bearerOf(c)))
  return c.body(JSON.stringify(body), status, { 'Content-Type': PROBLEM_TYPE, ...headers })
}

const credentialRefusal = (token: string | undefined): RefusalReason =>
  token !== undefined && isTriedAsOperatorKey(token) ? 'wrong_operator_key' : 'unknown_credential'

/** The one place where refusals get their status. */
export function problemOf(refusal: AnyRefusal, requestId: string) {
  const { status, title, detail, code = refusal.code, more = {}, headers = {} } = bodyOf(refusal)
  const type = `urn:muster:problem:${code}`
  return { status, headers, body: { type, title, status, detail, code, request_id: requestId, ...more } }
}

const retryAfter = (seconds: number) => ({
  more: { retry_after: seconds },
  headers: { 'Retry-After': String(seconds) },
})

const UNAVAILABLE_RETRY_SECONDS = 5

function bodyOf(refusal: AnyRefusal): ProblemBody {
  switch (refusal.code) {
    case 'invalid_request':
      return {
        status: 422,
        title: 'Invalid request',
        detail: 'Some fields of the request are not as they should be.',
        more: { errors: refusal.errors },
      }
    case 'invalid': {
      const { path, message } = refusal
      return { ...bodyOf({ code: 'invalid_request', errors: [{ path, message }] }), code: 'invalid_request' }
    }
    case 'malformed_json':
      return {
        status: 400,
        title: 'Malformed JSON',
        detail: 'The request body must be JSON in UTF-8 that names each field once.',
      }
    case 'malformed_csv':
      return { status: 400, title: 'Malformed CSV', detail: 'The request body must be text in UTF-8.' }
    case 'unsupported_media_type':
      return {
        status: 415,
        title: 'Unsupported media type',
        detail: 'The request body must be application/json in UTF-8.',
      }
    case 'payload_too_large':
      return { status: 413, title: 'Request body too large', detail: 'A request body has at most 1 MiB.' }
    case 'route_not_found':
    case 'not_found':
    case 'user_not_found':
    case 'session_not_found':
    case 'identity_not_found':
    case 'user_attribute_not_found':
    case 'mail_block_not_found':
    case 'operator_key_not_found':
      return { status: 404, title: 'Not found', detail: 'There is nothing here.', code: 'not_found' }
    case 'method_not_allowed':
      return {
        status: 405,
        title: 'Method not allowed',
        detail: `This address takes ${refusal.allow.join(', ')}.`,
        headers: { Allow: refusal.allow.join(', ') },
      }
    case 'unauthenticated':
      return {
        status: 401,
        title: 'Not authenticated',
        detail: 'Send a valid credential as Authorization: Bearer.',
        headers: { 'WWW-Authenticate': 'Bearer' },
      }
    case 'forbidden':
      return forbidden(refusal.permission)
    case 'person_only':
      return {
        status: 403,
        title: 'Not permitted',
        detail: 'This is for people: send the token of a session, or Muster-On-Behalf-Of.',
        code: 'forbidden',
        more: { permission: 'user' },
      }
    case 'session_only':
      return {
        status: 403,
        title: 'Not permitted',
        detail: 'This is about a session: send its token.',
        code: 'forbidden',
        more: { permission: 'session' },
      }
    case 'member_suspended':
      return { status: 403, title: 'Suspended', detail: 'Your membership of this organization is suspended.' }
    case 'reauthentication_required':
      return {
        status: 403,
        title: 'Fresh proof required',
        detail:
          'This needs a recent proof of who you are. POST /v1/session/reauthenticate mails a code to your address; send the code to POST /v1/session/reauthenticate/verify, then repeat this request.',
      }
    case 'maker_suspended':
      return refusal.of === 'api_key'
        ? {
            status: 403,
            title: 'API key on hold',
            detail: 'The person who created this API key is suspended. The key works again when they are reactivated.',
          }
        : {
            status: 409,
            title: 'Invitation on hold',
            detail:
              'The person who sent this invitation is suspended. It can be accepted when they are reactivated, or when another person sends it again.',
          }
    case 'sign_up_disabled':
      return { status: 403, title: 'Sign-up is off', detail: 'People cannot sign up or create organizations here.' }
    case 'email_unverified':
      return {
        status: 403,
        title: 'Address not verified',
        detail: 'The first sign-in needs an email that the identity provider has verified.',
      }
    case 'sign_in_code_wrong':
      return {
        status: 401,
        title: 'Wrong code',
        detail: 'This is not the code of the newest mail.',
        more: { tries_left: refusal.triesLeft },
        headers: { 'WWW-Authenticate': 'Bearer' },
      }
    case 'sign_in_code_expired':
      return {
        status: 410,
        title: 'Code or link has expired',
        detail: 'It has expired or was used, or a newer one was sent. Ask for a new one.',
      }
    case 'email_change_link_expired':
      return {
        status: 410,
        title: 'Link no longer works',
        detail: 'The change of email can no longer be taken back: 72 hours have passed, or it was taken back already.',
      }
    case 'sign_in_rate_limited':
      return {
        status: 429,
        title: 'Too many wrong codes',
        detail:
          'Too many wrong codes were sent, from this network or for this email. The link in the mail still works.',
        ...retryAfter(refusal.retryAfterSeconds),
      }
    case 'account_closing':
      return { status: 409, title: 'Account is being deleted', detail: 'Nobody signs in to this account any more.' }
    case 'last_owner':
      return {
        status: 409,
        title: 'Last owner',
        detail: 'An organization always has an owner. Make someone else an owner first.',
        ...('organizations' in refusal ? { more: { organizations: refusal.organizations } } : {}),
      }
    case 'single_owner':
      return {
        status: 409,
        title: 'Single owner',
        detail: 'This organization has exactly one owner. Ownership changes by a transfer.',
      }
    case 'several_owners':
      return {
        status: 409,
        title: 'Several owners',
        detail: 'There are several owners. Leave one before switching to single ownership.',
        more: { owners: refusal.owners },
      }
    case 'member_not_active':
      return { status: 409, title: 'Member is not active', detail: 'Ownership goes to an active member.' }
    case 'seat_limit_reached':
      return {
        status: 409,
        title: 'No free seat',
        detail: `All ${refusal.seats.limit} seats are used. Raise the limit, or free a seat.`,
        more: { seats: present.seats(refusal.seats), upgrade_url: refusal.upgradeUrl },
      }
    case 'already_invited':
      return {
        status: 409,
        title: 'Already invited',
        detail: 'This address has a pending invitation.',
        more: { invitation_id: refusal.invitationId },
      }
    case 'already_member':
      return {
        status: 409,
        title: 'Already a member',
        detail: 'This person belongs to the organization.',
        more: { member_id: refusal.memberId },
      }
    case 'external_id_taken':
      return {
        status: 409,
        title: 'External ID taken',
        detail: 'Another member has this external ID.',
        more: { member_id: refusal.memberId },
      }
    case 'removed_by_admin':
    case 'suspended_by_admin':
      // Only automatic arrivals meet these, and no route sends one.
      return { ...bodyOf({ code: 'already_member', memberId: refusal.memberId }), code: 'already_member' }
    case 'arrivals_refused':
      return {
        status: 409,
        title: 'Not all can be added',
        detail: 'Nobody was added, because some rows cannot be.',
        more: { results: refusal.results.map(present.arrivalResult), seats: present.seats(refusal.seats) },
      }
    case 'email_mismatch':
      return { status: 409, title: 'Another address', detail: 'This invitation was sent to another address.' }
    case 'sign_in_required':
    case 'email_unproven':
      return {
        status: 403,
        title: 'Address not proven',
        detail: 'This link alone does not prove the email. Sign in with the invited email, then accept.',
        code: 'email_unproven',
      }
    case 'invitation_not_pending':
      return {
        status: 409,
        title: 'Invitation is not pending',
        detail:
          refusal.formerMember === true
            ? 'You accepted this invitation, and you no longer belong to the organization.'
            : `This invitation is ${refusal.status}.`,
        more: { invitation_status: refusal.status },
      }
    case 'invitation_canceled':
      return { status: 410, title: 'Invitation canceled', detail: 'This invitation was canceled.' }
    case 'invitation_declined':
      return { status: 410, title: 'Invitation declined', detail: 'This invitation was declined.' }
    case 'invitation_expired':
      return {
        status: 410,
        title: 'Invitation expired',
        detail: 'This invitation has expired. Ask for a new one.',
        more: { expired_at: new Date(refusal.expiredAt).toISOString() },
      }
    case 'invitation_link_superseded':
      return { status: 410, title: 'Newer link sent', detail: 'A newer link was sent. Use the one of the latest mail.' }
    case 'resend_too_soon':
      return {
        status: 429,
        title: 'Sent a moment ago',
        detail: 'An invitation is resent at most once a minute.',
        ...retryAfter(refusal.retryAfterSeconds),
      }
    case 'invitation_rate_limited':
      return {
        status: 429,
        title: 'Too many invitation mails',
        detail: 'The organization has sent too many invitation mails, to this recipient or today.',
        ...retryAfter(refusal.retryAfterSeconds),
      }
    case 'rate_limited':
      return {
        status: 429,
        title: 'Too many requests',
        detail: 'This credential sends too many requests.',
        ...retryAfter(refusal.retryAfterSeconds),
      }
    case 'bulk_refused':
      return {
        status: 409,
        title: 'Not all can be invited',
        detail: 'Nobody was invited, because some rows cannot be.',
        more: { results: refusal.results.map(present.bulkResult), seats: present.seats(refusal.seats) },
      }
    case 'role_exists':
      return { status: 409, title: 'Role exists', detail: 'There is a role of this key.' }
    case 'role_built_in':
      return { status: 409, title: 'Built-in role', detail: 'Built-in roles cannot be changed.' }
    case 'role_in_use':
      return {
        status: 409,
        title: 'Role in use',
        detail: 'People hold this role. Name another one with reassign_to.',
        more: { members: refusal.members, invitations: refusal.invitations },
      }
    case 'role_limit_reached':
      return limitReached('Too many roles', `An organization has at most ${refusal.limit} custom roles.`, refusal.limit)
    case 'api_key_limit_reached':
      return limitReached('Too many API keys', `An organization has at most ${refusal.limit} API keys.`, refusal.limit)
    case 'organization_limit_reached':
      return limitReached('Too many organizations', `You can create at most ${refusal.limit}.`, refusal.limit)
    case 'restore_window_passed':
      return { status: 409, title: 'Too late', detail: 'A deleted organization can be restored for 30 days.' }
    case 'slug_taken':
      return { status: 409, title: 'Slug taken', detail: 'Another organization has this slug.' }
    case 'slug_reserved':
      return { status: 409, title: 'Slug reserved', detail: 'No organization can have this slug. Choose another.' }
    case 'email_taken':
      return {
        status: 409,
        title: 'Address taken',
        detail: 'Another account has this address.',
      }
    case 'user_attribute_exists':
      return { status: 409, title: 'Attribute exists', detail: 'There is a user attribute of this key.' }
    case 'user_attribute_limit_reached':
      return limitReached('Too many attributes', `There are at most ${refusal.limit} user attributes.`, refusal.limit)
    case 'operator_key_exists':
      return { status: 409, title: 'Operator key exists', detail: 'An operator key with this name already exists.' }
    case 'operator_key_limit_reached':
      return limitReached(
        'Too many operator keys',
        `You have reached the limit of ${refusal.limit} operator keys.`,
        refusal.limit,
      )
    case 'attributes_required':
      return {
        status: 422,
        title: 'More has to be said',
        detail: 'Send what is asked for here in attributes.',
        more: { attributes: refusal.attributes.map(present.userAttribute) },
      }
    case 'idempotency_key_reused':
      return { status: 422, title: 'Key reused', detail: 'This Idempotency-Key was used for another request.' }
    case 'revision_mismatch':
      return {
        status: 412,
        title: 'Revision has moved on',
        detail: 'The resource has changed since the revision in If-Match.',
        more: { revision: refusal.revision },
      }
    case 'claim_expired':
    case 'unavailable':
      return {
        status: 503,
        title: 'Not available right now',
        detail: 'A part of the service is out of reach. Nothing was changed; try again.',
        code: 'unavailable',
        ...retryAfter(UNAVAILABLE_RETRY_SECONDS),
      }
    case 'host_not_served':
      return { status: 421, title: 'Host not served', detail: 'This deployment does not serve this host name.' }
    case 'internal_error':
      return { status: 500, title: 'Internal error', detail: 'Something went wrong on our side.' }
  }
}

const OPERATOR_DETAILS: { readonly [permission in OperatorPermission]: string } = {
  operator: 'Only the operator may do this.',
  'operator:write': 'This operator key may only read.',
  'operator:root': 'Only the root key of the deployment may do this, not an operator key.',
}

const isOperators = (permission: string): permission is OperatorPermission => permission in OPERATOR_DETAILS

const forbidden = (permission: Permission | OperatorPermission): ProblemBody => ({
  status: 403,
  title: 'Not permitted',
  detail: isOperators(permission) ? OPERATOR_DETAILS[permission] : `This needs the permission ${permission}.`,
  more: { permission },
})

const limitReached = (title: string, detail: string, limit: number): ProblemBody => ({
  status: 409,
  title,
  detail,
  more: { limit },
})
