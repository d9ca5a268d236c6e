import type { Context } from '../membership/authority.ts'
import type {
  AddMembers,
  Arrival,
  BulkInvite,
  Command,
  CommandType,
  CommandValues,
  InvitationTerms,
} from '../membership/commands.ts'
import { acceptInvitation } from '../membership/decide/accept-invitation.ts'
import { addMember } from '../membership/decide/add-member.ts'
import { type AddMembersFacts, addMembers } from '../membership/decide/add-members.ts'
import { allowReturn } from '../membership/decide/allow-return.ts'
import type { ArrivalFacts } from '../membership/decide/arrive.ts'
import { type BulkFacts, bulkInvite } from '../membership/decide/bulk-invite.ts'
import { cancelInvitation } from '../membership/decide/cancel-invitation.ts'
import { createApiKey } from '../membership/decide/create-api-key.ts'
import { createOrganization } from '../membership/decide/create-organization.ts'
import { createRole } from '../membership/decide/create-role.ts'
import { declineInvitation } from '../membership/decide/decline-invitation.ts'
import { deleteOrganization } from '../membership/decide/delete-organization.ts'
import { deleteRole } from '../membership/decide/delete-role.ts'
import { ENTRIES_PER_STEP, erasePerson, INVITATIONS_PER_STEP } from '../membership/decide/erase-person.ts'
import { expireInvitations } from '../membership/decide/expire-invitations.ts'
import { type InviteFacts, inviteMember } from '../membership/decide/invite-member.ts'
import { leave } from '../membership/decide/leave.ts'
import { previewDeparture } from '../membership/decide/preview-departure.ts'
import { reactivateMember } from '../membership/decide/reactivate-member.ts'
import { recordDeliveries } from '../membership/decide/record-deliveries.ts'
import { type DepartingFacts, type MemberFacts, removeMember } from '../membership/decide/remove-member.ts'
import { resendInvitation } from '../membership/decide/resend-invitation.ts'
import { restoreOrganization } from '../membership/decide/restore-organization.ts'
import { revokeApiKey } from '../membership/decide/revoke-api-key.ts'
import { suspendMember } from '../membership/decide/suspend-member.ts'
import { transferOwnership } from '../membership/decide/transfer-ownership.ts'
import { updateMember } from '../membership/decide/update-member.ts'
import { updateOrganization } from '../membership/decide/update-organization.ts'
import { updatePeople } from '../membership/decide/update-people.ts'
import { updateRole } from '../membership/decide/update-role.ts'
import { type Decision, type MadeInvitations, reject } from '../membership/decision.ts'
import { type DepartureFacts, INVITATIONS_ENDED_AT_ONCE, type Maker } from '../membership/departure.ts'
import { MAX_NOTICE_RECIPIENTS } from '../membership/mail.ts'
import { externalIdSource, type Member } from '../membership/member.ts'
import type { Organization } from '../membership/organization.ts'
import { isActiveOwner } from '../membership/ownership.ts'
import { builtInRole, MEMBER, type Role } from '../membership/roles.ts'
import { withSecurityNotices } from '../membership/security-notices.ts'
import type { OrganizationStore } from './store.ts'

/** What a handler has at hand: the organization it is about, the rows, and who asks when. */
interface Situation {
  readonly store: OrganizationStore
  readonly organization: Organization
  readonly context: Context
}

type Handler<T extends CommandType> = (
  situation: Situation,
  command: Extract<Command, { type: T }>,
) => Decision<CommandValues[T]>

/** Loads what the rule of this command needs, no more, and asks the rule. */
export function handle(
  store: OrganizationStore,
  command: Command,
  context: Context,
): Decision<CommandValues[CommandType]> {
  const organization = store.organization()
  if (command.type === 'CreateOrganization') return createOrganization({ organization }, command, context)
  const deleted = organization !== null && organization.deletedAt !== null
  if (organization === null || (deleted && !WHILE_DELETED.has(command.type))) {
    return reject({ code: 'not_found', resource: 'organization' })
  }
  const handler = HANDLERS[command.type] as Handler<CommandType>
  return withSecurityNotices(handler({ store, organization, context }, command), organization, context)
}

/** It may come back, and then with what has become of its people meanwhile. */
const WHILE_DELETED: ReadonlySet<CommandType> = new Set([
  'RestoreOrganization',
  'UpdatePeople',
  'ErasePerson',
  'RecordDeliveries',
])

const HANDLERS: { readonly [T in Exclude<CommandType, 'CreateOrganization'>]: Handler<T> } = {
  UpdateOrganization: ({ store, organization, context }, command) =>
    updateOrganization({ organization, tally: store.tally(context.now) }, command, context),
  DeleteOrganization: ({ organization, context }) => deleteOrganization({ organization }, context),
  RestoreOrganization: ({ organization, context }) => restoreOrganization({ organization }, context),

  InviteMember: (situation, command) =>
    inviteMember(inviteFacts(situation, command, command), command, situation.context),
  BulkInvite: (situation, command) => bulkInvite(bulkFacts(situation, command), command, situation.context),
  ResendInvitation: (situation, command) => {
    const invitation = situation.store.invitation(command.invitationId)
    const facts = inviteFacts(situation, { email: invitation?.email ?? '', role: invitation?.role ?? MEMBER }, command)
    const maker = makerOf(situation.store, invitation?.makerId ?? null)
    return resendInvitation({ ...facts, invitation, pending: facts.invitation, maker }, command, situation.context)
  },
  CancelInvitation: ({ store, context }, command) => {
    const invitation = store.invitation(command.invitationId)
    return cancelInvitation({ invitation, role: invitation && store.role(invitation.role) }, context)
  },
  AcceptInvitation: ({ store, organization, context }, command) => {
    const invitation = store.invitation(command.invitationId)
    const facts = {
      organization,
      tally: store.tally(context.now),
      invitation,
      role: invitation && store.role(invitation.role),
      member: store.memberOfUser(command.person.userId),
      memberOfEmail: invitation && store.memberOfEmail(invitation.email),
      maker: makerOf(store, invitation?.makerId ?? null),
    }
    return acceptInvitation(facts, command, context)
  },
  DeclineInvitation: ({ store, context }, command) =>
    declineInvitation({ invitation: store.invitation(command.invitationId) }, command, context),
  ExpireInvitations: ({ store, context }, command) =>
    expireInvitations({ overdue: store.overdueInvitations(context.now, command.limit + 1) }, command, context),
  RecordDeliveries: ({ store, context }, command) => {
    const found = command.deliveries.map(({ invitationId }) => store.invitation(invitationId))
    const invitations = new Map(found.flatMap((invitation) => (invitation ? [[invitation.id, invitation]] : [])))
    return recordDeliveries({ invitations }, command, context)
  },

  AddMember: (situation, command) => addMember(arrivalFacts(situation, command), command, situation.context),
  AddMembers: (situation, command) => addMembers(arrivalsFacts(situation, command), command, situation.context),
  AllowReturn: (situation, command) => allowReturn(memberFacts(situation, command), situation.context),
  UpdateMember: (situation, command) => {
    const newRole = command.role === undefined ? null : situation.store.role(command.role)
    return updateMember({ ...departingFacts(situation, command), newRole }, command, situation.context)
  },
  PreviewDeparture: (situation, command) => {
    const newRole = command.role === undefined ? null : situation.store.role(command.role)
    const memberId = command.memberId ?? situation.context.authority.member?.id ?? ''
    return previewDeparture({ ...departingFacts(situation, { memberId }), newRole }, command, situation.context)
  },
  UpdatePeople: ({ store, context }, command) => {
    const emails = new Set(command.people.map(({ email }) => email))
    const facts = {
      members: found(new Set(command.people.map(({ userId }) => userId)), (userId) => store.memberOfUser(userId)),
      holders: found(emails, (email) => store.memberOfEmail(email)),
      invitations: byEmail(store.pendingInvitations([...emails])),
    }
    return updatePeople(facts, command, context)
  },
  ErasePerson: ({ store, organization, context }, command) => {
    const member = store.memberOfUser(command.userId)
    const facts = {
      organization,
      tally: store.tally(context.now),
      member,
      invitations: store.invitationsAbout(command, member, INVITATIONS_PER_STEP + 1),
      entriesOf: (targetIds: readonly string[]) =>
        store.entriesAbout(targetIds, command.afterSeq, ENTRIES_PER_STEP + 1),
      departing: departing({ store, organization }),
    }
    return erasePerson(facts, command, context)
  },
  SuspendMember: (situation, command) => suspendMember(memberFacts(situation, command), situation.context),
  ReactivateMember: (situation, command) => reactivateMember(memberFacts(situation, command), situation.context),
  RemoveMember: (situation, command) => removeMember(departingFacts(situation, command), command, situation.context),
  Leave: ({ store, organization, context }) =>
    leave({ tally: store.tally(context.now), departing: departing({ store, organization }) }, context),
  TransferOwnership: ({ store, organization, context }, command) => {
    const { member: acting } = context.authority
    const actingOwner = acting !== null && isActiveOwner(acting) ? acting : null
    const outgoing = organization.ownership === 'single' ? store.activeOwner() : actingOwner
    const member = store.member(command.memberId)
    return transferOwnership({ organization, member, outgoing, departing: departing({ store, organization }) }, context)
  },

  CreateRole: ({ store, context }, command) =>
    createRole({ role: store.role(command.key), customRoles: store.customRoles() }, command, context),
  UpdateRole: ({ store, organization, context }, command) => {
    const holdersDeparting = () => holdersFacts({ store, organization }, command.key)
    return updateRole({ role: store.role(command.key), holdersDeparting }, command, context)
  },
  DeleteRole: ({ store, organization, context }, command) => {
    const replacement = command.reassignTo === null ? null : store.role(command.reassignTo)
    const holdersDeparting = () => holdersFacts({ store, organization }, command.key)
    const role = store.role(command.key)
    return deleteRole({ role, replacement, ...store.roleUse(command.key), holdersDeparting }, command, context)
  },
  CreateApiKey: ({ store, organization, context }, command) =>
    createApiKey({ organization, apiKeys: store.liveApiKeys() }, command, context),
  RevokeApiKey: ({ store, context }, command) => revokeApiKey({ apiKey: store.apiKey(command.keyId) }, context),
}

function inviteFacts(
  { store, organization, context }: Situation,
  { email, role }: { readonly email: string; readonly role: string },
  terms: InvitationTerms,
): InviteFacts {
  return {
    organization,
    tally: store.tally(context.now),
    role: store.role(role),
    member: store.memberOfEmail(email),
    invitation: store.pendingInvitation(email),
    mailAllowance: store.mailAllowance(),
    lastMailAt: store.lastMails([email], lastMailsAfter(terms, context)).get(email) ?? null,
  }
}

/** Mails of this time or earlier do not count against the interval. */
const lastMailsAfter = ({ mailIntervalMs = 0 }: InvitationTerms, { now }: Context): number => now - mailIntervalMs

function bulkFacts({ store, organization, context }: Situation, command: BulkInvite): BulkFacts {
  const { rows } = command
  const emails = rows.flatMap(({ normalizedEmail }) => normalizedEmail ?? [])
  return {
    organization,
    tally: store.tally(context.now),
    mailAllowance: store.mailAllowance(),
    roles: found(new Set(rows.map(({ role }) => role)), (key) => store.role(key)),
    members: byEmail(store.membersOfEmails(emails)),
    invitations: byEmail(store.pendingInvitations(emails)),
    lastMails: store.lastMails(emails, lastMailsAfter(command, context)),
  }
}

function arrivalFacts(
  { store, organization, context }: Situation,
  { person, role, externalId }: Arrival,
): ArrivalFacts {
  const invitation = store.pendingInvitation(person.email)
  const source = externalIdSource(context.authority.process)
  const [named = null] = externalId === undefined ? [] : store.membersOfExternalIds(source, [externalId])
  return {
    organization,
    tally: store.tally(context.now),
    role: store.role(role),
    member: store.memberOfUser(person.userId),
    memberOfEmail: store.memberOfEmail(person.email),
    memberOfExternalId: named,
    invitation,
    invited: () => ({
      role: invitation && store.role(invitation.role),
      maker: makerOf(store, invitation?.makerId ?? null),
    }),
    hasDeclined: store.declinedEmails([person.email]).size > 0,
  }
}

/** A few statements for all rows. */
function arrivalsFacts({ store, organization, context }: Situation, { rows }: AddMembers): AddMembersFacts {
  const arrivals = rows.flatMap((row) => ('unusable' in row ? [] : [row]))
  const emails = arrivals.map(({ person }) => person.email)
  const externalIds = arrivals.flatMap(({ externalId }) => externalId ?? [])
  return {
    organization,
    tally: store.tally(context.now),
    roles: new Map(store.roles().map((role) => [role.key, role])),
    members: store.membersOfUsers(arrivals.map(({ person }) => person.userId)),
    holders: store.membersOfEmails(emails),
    named: store.membersOfExternalIds(externalIdSource(context.authority.process), externalIds),
    invitations: store.pendingInvitations(emails),
    declined: store.declinedEmails(emails),
    maker: ({ makerId }) => makerOf(store, makerId),
  }
}

const byEmail = <T extends { readonly email: string }>(rows: readonly T[]): Map<string, T> =>
  new Map(rows.map((row) => [row.email, row]))

function found<T>(keys: ReadonlySet<string>, load: (key: string) => T | null): Map<string, T> {
  const map = new Map<string, T>()
  for (const key of keys) {
    const value = load(key)
    if (value !== null) map.set(key, value)
  }
  return map
}

/** Whoever holds a role that is no more is managed like a plain member. */
const PLAIN = builtInRole(MEMBER) as Role

function memberFacts({ store, organization, context }: Situation, { memberId }: { memberId: string }): MemberFacts {
  const member = store.member(memberId)
  const role = (member && store.role(member.role)) ?? PLAIN
  return { organization, tally: store.tally(context.now), member, role }
}

const departingFacts = (situation: Situation, command: { memberId: string }): DepartingFacts => ({
  ...memberFacts(situation, command),
  departing: departing(situation),
})

type Place = Pick<Situation, 'store' | 'organization'>

const departing =
  (place: Place) =>
  ({ userId }: Member): DepartureFacts => ({
    ...departureFacts(place),
    makers: () => [userId],
    apiKeys: () => place.store.apiKeysOf(userId),
  })

const holdersFacts = (place: Place, role: string): DepartureFacts => ({
  ...departureFacts(place),
  makers: () => place.store.invitingHolders(role),
  apiKeys: () => place.store.apiKeysOfHolders(role),
})

const departureFacts = ({ store, organization }: Place) => ({
  organization,
  roles: () => store.roles(),
  invitations: (made: MadeInvitations, now: number) => store.madeInvitations(made, now, INVITATIONS_ENDED_AT_ONCE + 1),
  member: (userId: string) => store.memberOfUser(userId),
  owners: () => store.activeOwners(MAX_NOTICE_RECIPIENTS + 1),
})

function makerOf(store: OrganizationStore, userId: string | null): Maker {
  const member = userId === null ? null : store.memberOfUser(userId)
  return { member, role: member && store.role(member.role) }
}
