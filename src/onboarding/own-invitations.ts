import type { User } from '../accounts/users.ts'
import { directoriesOf } from '../directory/directories.ts'
import { invitingOrganization, pendingInvitations } from '../directory/invitations-of-address.ts'
import type { Caller, Via } from '../membership/actor.ts'
import type { DeclineInvitation, InvitationProof } from '../membership/commands.ts'
import { type Invitation, isOpen } from '../membership/invitation.ts'
import type { InvitationView, Page, Slice } from '../membership/queries.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { organizationClient } from '../organization/client.ts'
import type { ExecutedCommand, Idempotency } from '../organization/requests.ts'
import type { BrokenCursor } from '../records/page.ts'
import { type Acceptance, type AcceptBindings, accept } from './acceptance.ts'
import { type AcceptRefusal, type Answering, callerOf, type Visitor } from './acceptor.ts'
import type { Bindings } from './create-organization.ts'

/*
 * Invitations of whoever is signed in, without their links: the verified address of the account is the proof. While it is
 * not verified, none is theirs.
 */

const NOT_FOUND = { code: 'not_found', resource: 'invitation' } as const

const NONE: Slice<InvitationView> = { items: [], nextCursor: null }

const asUser = ({ id: userId }: User): Caller => ({ type: 'user', userId })

/**
 * Found in the directory, which may be a moment behind, and shown as their organizations know them: what was answered or
 * canceled just now is not among them. So a page may be shorter than asked for.
 */
export async function ownInvitations(
  bindings: Bindings,
  person: User,
  page: Page,
  now: number,
): Promise<Result<Slice<InvitationView>, BrokenCursor>> {
  const listed = await pendingInvitations(directoriesOf(bindings), person.email, page, now)
  if (!listed.ok) return listed
  if (!person.emailVerified) return ok(NONE)
  const { items, nextCursor } = listed.value
  const views = await Promise.all(items.map((invitation) => view(bindings.ORGANIZATION, person, invitation)))
  const open = views.flatMap((seen) => (seen !== null && isOpen(seen.invitation, now) ? [seen] : []))
  return ok({ items: open, nextCursor })
}

/** Null: the organization is gone. */
async function view(
  namespace: Bindings['ORGANIZATION'],
  person: User,
  { id: invitationId, organizationId, sendCount: sendNumber }: Pick<Invitation, 'id' | 'organizationId' | 'sendCount'>,
): Promise<InvitationView | null> {
  const client = organizationClient(namespace, organizationId)
  const viewed = await client.read(asUser(person), { type: 'ViewInvitation', invitationId, sendNumber })
  return viewed.ok ? viewed.value : null
}

export async function acceptOwnInvitation(
  bindings: AcceptBindings,
  person: User,
  invitationId: string,
  said: Omit<Answering, 'visitor'>,
  now: number,
  via?: Via,
): Promise<Result<Acceptance, AcceptRefusal>> {
  const found = await ownInvitation(bindings, person, invitationId)
  if (found === null) return refuse(NOT_FOUND)
  return accept(bindings, found, proofOf(person, found.invitation), { visitor: visitorOf(person, via), ...said }, now)
}

export async function declineOwnInvitation(
  bindings: Bindings,
  person: User,
  invitationId: string,
  via?: Via,
  idempotency?: Idempotency,
): Promise<ExecutedCommand<DeclineInvitation>> {
  const found = await ownInvitation(bindings, person, invitationId)
  if (found === null) return { ok: false, error: NOT_FOUND, revision: 0 }
  const { invitation } = found
  return organizationClient(bindings.ORGANIZATION, invitation.organizationId).execute({
    caller: callerOf(person, visitorOf(person, via)),
    command: { type: 'DeclineInvitation', invitationId, ...proofOf(person, invitation) },
    ...(idempotency === undefined ? {} : { idempotency }),
  })
}

/** As its organization has it now. */
async function ownInvitation(bindings: Bindings, person: User, invitationId: string): Promise<InvitationView | null> {
  const { email, emailVerified } = person
  const organizationId = emailVerified ? await invitingOrganization(directoriesOf(bindings), email, invitationId) : null
  if (organizationId === null) return null
  return view(bindings.ORGANIZATION, person, { id: invitationId, organizationId, sendCount: 0 })
}

const visitorOf = ({ id: userId }: User, via: Via | undefined): Visitor =>
  via === undefined ? { userId } : { userId, via }

const proofOf = ({ email }: User, { sendCount }: Invitation): InvitationProof => ({
  sendNumber: sendCount,
  verifiedEmail: email,
})
