import { isOpenToLink, openByLink } from '../accounts/opened-accounts.ts'
import { getUser, type User, userOfEmail } from '../accounts/users.ts'
import { directoriesOf } from '../directory/directories.ts'
import { hasMembership } from '../directory/memberships.ts'
import type { UserCaller, Via } from '../membership/actor.ts'
import type { InvitationProof } from '../membership/commands.ts'
import { type Invitation, provesAddress } from '../membership/invitation.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import type { Idempotency, Refusal } from '../organization/requests.ts'
import { checkedIntroduction, type Introduction, type IntroductionRefusal, introduced } from './introduction.ts'

/** A person who is signed in, in whichever way. */
export interface Visitor {
  readonly userId: string
  /** Set when the operator acts on behalf of the person. */
  readonly via?: Via
  /** The only organization that their session reaches, since a link alone began it. Null or absent: it reaches everything. */
  readonly reachOrganizationId?: string | null
}

/** Who answers an invitation: null for a person who is signed out and holds the link. */
export interface Answering {
  readonly visitor: Visitor | null
  readonly introduction: Introduction
  /** Of the call, which may be repeated with it. */
  readonly idempotency?: Idempotency
}

/** The account that accepts, and whether only the link identifies the person. */
export interface Acceptor {
  readonly user: User
  readonly byLinkAlone: boolean
}

/**
 * `email_unproven`: no mail carried the link, so only a verified account of the email can accept.
 * `sign_in_required`: the account has something to lose, and the link may have been forwarded.
 * `account_closing`: the account is being deleted.
 */
export type AcceptRefusal =
  | Refusal
  | IntroductionRefusal
  | { readonly code: 'email_unproven' }
  | { readonly code: 'account_closing' }

/** The account that answers, as its organization and the log name it. */
export const callerOf = ({ id: userId }: Pick<User, 'id'>, visitor: Visitor | null): UserCaller => ({
  ...{ type: 'user', userId },
  ...(visitor?.via === undefined ? {} : { via: visitor.via }),
})

interface Bindings {
  readonly ACCOUNTS: D1Database
  readonly DIRECTORY: D1Database
  readonly PEOPLE_QUEUE: Queue
}

type Found = Result<Acceptor, AcceptRefusal>

/**
 * The account that accepts an open invitation, with its email verified and every required attribute given. Nothing changes
 * before that is certain. An account of another email stays as it is: the organization refuses it.
 */
export async function acceptorOf(bindings: Bindings, invitation: Invitation, answering: Answering): Promise<Found> {
  const known = await knownAcceptor(bindings, invitation, answering.visitor)
  if (!known.ok) return known
  const { user, byLinkAlone } = known.value
  if (user !== null && user.email !== invitation.email) return ok({ user, byLinkAlone })
  const said = await checkedIntroduction(bindings.ACCOUNTS, user?.attributes ?? {}, answering.introduction)
  if (!said.ok) return said
  const account = byLinkAlone ? await opened(bindings.ACCOUNTS, invitation, answering.introduction) : user
  if (account === null) return refuse({ code: 'sign_in_required' })
  const verified = account.emailVerified ? {} : { emailVerified: true }
  const caller = callerOf(account, answering.visitor)
  const acceptor = await introduced(bindings, account, { ...said.value, ...verified }, caller)
  return acceptor === null ? refuse({ code: 'account_closing' }) : ok({ user: acceptor, byLinkAlone })
}

interface Known {
  /** Null if an account is to be made. */
  readonly user: User | null
  readonly byLinkAlone: boolean
}

async function knownAcceptor(
  bindings: Bindings,
  invitation: Invitation,
  visitor: Visitor | null,
): Promise<Result<Known, AcceptRefusal>> {
  const user = visitor === null ? null : await getUser(bindings.ACCOUNTS, visitor.userId)
  if (visitor !== null && user === null) return refuse({ code: 'unauthenticated' })
  if (user !== null && user.email !== invitation.email) return ok({ user, byLinkAlone: false })
  // A session that a link began proves no more than the link.
  const isProven = visitor !== null && (visitor.reachOrganizationId ?? null) === null
  return isProven && user !== null ? signedInAcceptor(invitation, user) : linkHolder(bindings, invitation)
}

function signedInAcceptor(invitation: Invitation, user: User): Result<Known, AcceptRefusal> {
  if (user.closingAt !== null) return refuse({ code: 'account_closing' })
  return user.emailVerified || provesAddress(invitation)
    ? ok({ user, byLinkAlone: false })
    : refuse({ code: 'email_unproven' })
}

async function linkHolder(bindings: Bindings, invitation: Invitation): Promise<Result<Known, AcceptRefusal>> {
  if (!provesAddress(invitation)) return refuse({ code: 'email_unproven' })
  const { id: invitationId, email } = invitation
  const user = await userOfEmail(bindings.ACCOUNTS, email)
  if (user !== null && user.closingAt !== null) return refuse({ code: 'account_closing' })
  const isMember = user !== null && (await hasMembership(directoriesOf(bindings), user.id))
  return !isMember && (await isOpenToLink(bindings.ACCOUNTS, { email, invitationId }))
    ? ok({ user, byLinkAlone: true })
    : refuse({ code: 'sign_in_required' })
}

/** The inviter's guess at the name stands for someone who has not said how they are called. */
const opened = (
  accounts: D1Database,
  { id: invitationId, email, name }: Invitation,
  introduction: Introduction,
): Promise<User | null> => openByLink(accounts, { email, name: introduction.name ?? name, invitationId })

/**
 * Who may be told again what came of an accepted invitation: its member, signed in. Signed out, the holder of the newest
 * link, and only if this very link opened the account: so a call whose answer was lost is repeated. Any other mailed link
 * may be old and in other hands, and tells nothing about the member.
 */
export async function formerAcceptor(
  { ACCOUNTS }: Bindings,
  invitation: Invitation,
  { sendNumber }: InvitationProof,
  { visitor }: Answering,
): Promise<Found> {
  const user =
    visitor === null ? await openedBy(ACCOUNTS, invitation, sendNumber) : await getUser(ACCOUNTS, visitor.userId)
  return user === null
    ? refuse({ code: 'invitation_not_pending', status: 'accepted' })
    : ok({ user, byLinkAlone: false })
}

async function openedBy(
  accounts: D1Database,
  invitation: Invitation,
  sendNumber: InvitationProof['sendNumber'],
): Promise<User | null> {
  if (!provesAddress(invitation) || sendNumber !== invitation.sendCount) return null
  const user = await userOfEmail(accounts, invitation.email)
  return user?.openedBy === invitation.id ? user : null
}
