import { findOrCreateVerifiedUser, getUser, type User, userOfEmail } from '../accounts/users.ts'
import type { UserCaller, Via } from '../membership/actor.ts'
import { type Invitation, provesAddress } from '../membership/invitation.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import type { Refusal } from '../organization/requests.ts'
import { checkedIntroduction, type Introduction, type IntroductionRefusal, introduced } from './introduction.ts'

/** Somebody who is signed in already, in whichever way. */
export interface Visitor {
  readonly userId: string
  /** Set when the operator acts on behalf of the person. */
  readonly via?: Via
}

/** Who answers an invitation: null for somebody signed out, of whom nothing is known but that they hold its link. */
export interface Answering {
  readonly visitor: Visitor | null
  readonly introduction: Introduction
}

/**
 * `email_unproven`: the link came to no address by mail, so that only a verified account can say whose it is.
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
  readonly DIRECTORY: D1Database
  readonly PEOPLE_QUEUE: Queue
}

type Acceptor = Result<User, AcceptRefusal>

/**
 * The account that accepts an open invitation: its address verified, and everything said that people are asked for. Nothing
 * is changed before that is certain. Somebody of another address stays as they are: the organization refuses them.
 */
export async function acceptorOf(bindings: Bindings, invitation: Invitation, answering: Answering): Promise<Acceptor> {
  const known = await knownAcceptor(bindings.DIRECTORY, invitation, answering.visitor)
  if (!known.ok) return known
  const user = known.value
  if (user !== null && user.email !== invitation.email) return ok(user)
  const said = await checkedIntroduction(bindings.DIRECTORY, user?.attributes ?? {}, answering.introduction)
  if (!said.ok) return said
  const verified = user?.emailVerified === false ? { emailVerified: true } : {}
  const account = user ?? (await newAccount(bindings.DIRECTORY, invitation, answering.introduction))
  const acceptor = await introduced(
    bindings,
    account,
    { ...said.value, ...verified },
    callerOf(account, answering.visitor),
  )
  return acceptor === null ? refuse({ code: 'account_closing' }) : ok(acceptor)
}

/** Who it is as far as there is an account; null where one is to be made. */
async function knownAcceptor(
  directory: D1Database,
  invitation: Invitation,
  visitor: Visitor | null,
): Promise<Result<User | null, AcceptRefusal>> {
  const isProof = provesAddress(invitation)
  if (visitor === null && !isProof) return refuse({ code: 'email_unproven' })
  const user =
    visitor === null ? await userOfEmail(directory, invitation.email) : await getUser(directory, visitor.userId)
  if (user === null) return visitor === null ? ok(null) : refuse({ code: 'unauthenticated' })
  if (user.closingAt !== null) return refuse({ code: 'account_closing' })
  const isTheirs = user.email !== invitation.email || user.emailVerified || isProof
  return isTheirs ? ok(user) : refuse({ code: 'email_unproven' })
}

/** The inviter's guess at the name stands for someone who has not said how they are called. */
const newAccount = (directory: D1Database, { email, name }: Invitation, introduction: Introduction): Promise<User> =>
  findOrCreateVerifiedUser(directory, email, introduction.name ?? name)

/** Who may be told again what came of an accepted invitation: its member, or whoever holds the link that was mailed to them. */
export async function formerAcceptor(
  { DIRECTORY }: Bindings,
  invitation: Invitation,
  { visitor }: Answering,
): Promise<Acceptor> {
  const user = visitor === null ? await addressee(DIRECTORY, invitation) : await getUser(DIRECTORY, visitor.userId)
  return user === null ? refuse({ code: 'invitation_not_pending', status: 'accepted' }) : ok(user)
}

const addressee = async (directory: D1Database, invitation: Invitation): Promise<User | null> =>
  provesAddress(invitation) ? userOfEmail(directory, invitation.email) : null
