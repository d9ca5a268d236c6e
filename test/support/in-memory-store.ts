import type { ApiKey } from '../../src/membership/api-key.ts'
import type { Change, MadeInvitations } from '../../src/membership/decision.ts'
import { splitPersonal } from '../../src/membership/erasure.ts'
import type { EventDraft, OrganizationEvent } from '../../src/membership/event.ts'
import { type Invitation, isExpired } from '../../src/membership/invitation.ts'
import { type MailAllowance, type OrganizationMail, spendMails } from '../../src/membership/mail.ts'
import type { Member } from '../../src/membership/member.ts'
import type { Organization } from '../../src/membership/organization.ts'
import { BUILT_IN_ROLES, builtInRole, type Role } from '../../src/membership/roles.ts'
import type { Tally } from '../../src/membership/seats.ts'
import type { OrganizationStore } from '../../src/organization/store.ts'
import type { Fact } from './facts.ts'

/** What handlers ask for. */
type Answers = Pick<
  OrganizationStore,
  | 'organization'
  | 'tally'
  | 'mailAllowance'
  | 'lastMails'
  | 'member'
  | 'memberOfUser'
  | 'memberOfEmail'
  | 'membersOfEmails'
  | 'membersOfUsers'
  | 'membersOfExternalIds'
  | 'declinedEmails'
  | 'activeOwner'
  | 'invitation'
  | 'pendingInvitation'
  | 'pendingInvitations'
  | 'overdueInvitations'
  | 'invitationsAbout'
  | 'entriesAbout'
  | 'role'
  | 'customRoles'
  | 'roleUse'
  | 'apiKey'
  | 'apiKeyOfSecret'
  | 'liveApiKeys'
  | 'activeOwners'
  | 'roles'
  | 'madeInvitations'
  | 'invitingHolders'
  | 'apiKeysOf'
  | 'apiKeysOfHolders'
>

/**
 * The store as the rules see it, over plain maps, so that they are tested without a database. It counts by looking at
 * every row and so agrees with nothing but the rows.
 */
export class InMemoryStore implements Answers {
  /** What the last commands have told; `log` is all that has been told ever. */
  readonly events: EventDraft[] = []
  readonly log: OrganizationEvent[] = []
  readonly mails: OrganizationMail[] = []
  #organization: Organization | null = null
  #mailAllowance: MailAllowance = { day: 0, count: 0 }
  readonly #members = new Map<string, Member>()
  readonly #invitations = new Map<string, Invitation>()
  readonly #roles = new Map<string, Role>()
  readonly #apiKeys = new Map<string, ApiKey>()

  constructor(facts: readonly Fact[]) {
    for (const fact of facts) this.#assume(fact)
  }

  organization = (): Organization | null => this.#organization
  mailAllowance = (): MailAllowance => this.#mailAllowance
  lastMails = (emails: readonly string[], after: number): Map<string, number> => {
    const mailed = [...this.#invitations.values()]
      .filter(({ email, sentAt, delivery }) => emails.includes(email) && sentAt > after && delivery !== 'none')
      .toSorted((a, b) => a.sentAt - b.sentAt)
    return new Map(mailed.map(({ email, sentAt }) => [email, sentAt]))
  }
  member = (id: string): Member | null => this.#members.get(id) ?? null
  memberOfUser = (userId: string): Member | null => this.#memberWhere((member) => member.userId === userId)
  memberOfEmail = (email: string): Member | null =>
    this.#memberWhere((member) => member.email === email && member.status !== 'removed')
  membersOfEmails = (emails: readonly string[]): Member[] => emails.flatMap((email) => this.memberOfEmail(email) ?? [])
  membersOfUsers = (userIds: readonly string[]): Member[] =>
    [...this.#members.values()].filter(({ userId }) => userIds.includes(userId))
  membersOfExternalIds = (source: string, externalIds: readonly string[]): Member[] =>
    [...this.#members.values()].filter((member) => externalIds.includes(member.externalIds[source] ?? ''))
  declinedEmails = (emails: readonly string[]): Set<string> =>
    new Set(
      [...this.#invitations.values()]
        .filter(({ email, status }) => status === 'declined' && emails.includes(email))
        .map(({ email }) => email),
    )
  activeOwner = (): Member | null => this.#memberWhere(isActiveOwner)
  invitation = (id: string): Invitation | null => this.#invitations.get(id) ?? null
  pendingInvitation = (email: string): Invitation | null =>
    this.#pending().find((invitation) => invitation.email === email) ?? null
  pendingInvitations = (emails: readonly string[]): Invitation[] =>
    emails.flatMap((email) => this.pendingInvitation(email) ?? [])
  overdueInvitations = (now: number, limit: number): Invitation[] =>
    this.#pending()
      .filter((invitation) => isExpired(invitation, now))
      .slice(0, limit)
  invitationsAbout = ({ email }: { email: string }, member: Member | null, limit: number): Invitation[] =>
    [...this.#invitations.values()]
      .filter((one) => one.email === email || (member !== null && one.memberId === member.id))
      .filter((one) => !one.email.endsWith('@deleted.invalid'))
      .slice(0, limit)
  /** The log as far as it was written here; `seq` counts from 1. */
  entriesAbout = (targetIds: readonly string[], afterSeq: number, limit: number): OrganizationEvent[] =>
    this.log.filter(({ seq, target }) => seq > afterSeq && targetIds.includes(target.id)).slice(0, limit)
  role = (key: string): Role | null => builtInRole(key) ?? this.#roles.get(key) ?? null
  customRoles = (): number => this.#roles.size
  apiKey = (id: string): ApiKey | null => this.#apiKeys.get(id) ?? null
  apiKeyOfSecret = (hash: string): ApiKey | null =>
    [...this.#apiKeys.values()].find(({ secretHash }) => secretHash === hash) ?? null
  liveApiKeys = (): number => [...this.#apiKeys.values()].filter(({ revokedAt }) => revokedAt === null).length

  activeOwners = (limit: number): Member[] => [...this.#members.values()].filter(isActiveOwner).slice(0, limit)
  roles = (): Role[] => [...BUILT_IN_ROLES, ...this.#roles.values()]
  madeInvitations = ({ makers, roles, except }: MadeInvitations, now: number, limit: number): Invitation[] =>
    this.#pending()
      .filter(({ makerId, role, id }) => makers.includes(makerId ?? '') && roles.includes(role) && !except.includes(id))
      .filter((invitation) => !isExpired(invitation, now))
      .slice(0, limit)
  invitingHolders = (role: string): string[] => this.#holders(role).map(({ userId }) => userId)
  apiKeysOf = (userId: string): ApiKey[] =>
    [...this.#apiKeys.values()].filter(
      ({ createdBy: { type, id }, revokedAt }) => type === 'user' && id === userId && revokedAt === null,
    )
  apiKeysOfHolders = (role: string): ApiKey[] => this.#holders(role).flatMap(({ userId }) => this.apiKeysOf(userId))
  #holders = (key: string): Member[] =>
    [...this.#members.values()].filter(({ role, status }) => role === key && status !== 'removed')

  roleUse(key: string): { members: number; invitations: number } {
    const members = [...this.#members.values()].filter(({ role, status }) => role === key && status !== 'removed')
    const invitations = [...this.#invitations.values()].filter(
      ({ role, status }) => role === key && (status === 'pending' || status === 'expired'),
    )
    return { members: members.length, invitations: invitations.length }
  }

  tally(now: number): Tally {
    const members = [...this.#members.values()]
    return {
      activeMembers: members.filter(({ status }) => status === 'active').length,
      activeOwners: members.filter(isActiveOwner).length,
      pendingInvitations: this.#pending().filter((invitation) => !isExpired(invitation, now)).length,
    }
  }

  commit(changes: readonly Change[], now: number): void {
    for (const change of changes) this.#apply(change, now)
  }

  #apply(change: Change, now: number): void {
    switch (change.kind) {
      case 'organization':
        this.#organization = change.after
        return
      case 'member':
        replace(this.#members, change.before, change.after)
        return
      case 'invitation':
        replace(this.#invitations, change.before, change.after)
        return
      case 'sign_in':
        this.#members.set(change.after.id, change.after)
        return
      case 'delivery':
        this.#invitations.set(change.after.id, change.after)
        return
      case 'role':
        this.#roles.set(change.after.key, change.after)
        return
      case 'role_deleted':
        this.#roles.delete(change.key)
        return
      case 'role_reassigned':
        reassign(this.#members, change.from, change.to)
        reassign(this.#invitations, change.from, change.to)
        return
      case 'invitations_ended':
        for (const one of this.madeInvitations(change, now, Number.POSITIVE_INFINITY)) {
          this.#invitations.set(one.id, { ...one, status: 'canceled' })
        }
        return
      case 'api_key':
      case 'key_use':
        this.#apiKeys.set(change.after.id, change.after)
        return
      case 'event':
        this.#tell(change.event)
        return
      case 'erasure':
        for (const seq of change.entries) this.#erase(seq)
        this.#tell({ type: `${change.target.type}.erased`, target: change.target, data: { erased: change.entries } })
        return
      case 'mail':
        this.mails.push(change.mail)
        if (change.mail.kind === 'invitation') this.#mailAllowance = spendMails(this.#mailAllowance, 1, now)
    }
  }

  #tell(event: EventDraft): void {
    this.events.push(event)
    const place = { id: `evt_${this.log.length}`, seq: this.log.length + 1, occurredAt: 0, hash: '' }
    const actor = { type: 'operator', id: null } as const
    const { personal } = splitPersonal(event)
    const commitment = personal && { fields: Object.keys(personal), salt: 'salt', sha256: '' }
    this.log.push({ ...event, ...place, organizationId: this.#organization?.id ?? '', actor, personal: commitment })
  }

  #erase(seq: number): void {
    const entry = this.log[seq - 1]
    if (entry === undefined) throw new Error(`There is no entry ${seq}`)
    const { data } = splitPersonal(entry)
    this.log[seq - 1] = { ...entry, data, personal: { fields: [], salt: null, sha256: '' } }
  }

  #assume(fact: Fact): void {
    switch (fact.kind) {
      case 'organization':
        this.#organization = fact.organization
        return
      case 'member':
        replace(this.#members, null, fact.member)
        return
      case 'invitation':
        replace(this.#invitations, null, fact.invitation)
        return
      case 'role':
        this.#roles.set(fact.role.key, fact.role)
        return
      case 'api_key':
        this.#apiKeys.set(fact.apiKey.id, fact.apiKey)
        return
      case 'mails_asked_for':
        this.#mailAllowance = fact.allowance
    }
  }

  #memberWhere = (matches: (member: Member) => boolean): Member | null =>
    [...this.#members.values()].find(matches) ?? null
  #pending = (): Invitation[] => [...this.#invitations.values()].filter(({ status }) => status === 'pending')
}

const isActiveOwner = ({ role, status }: Member): boolean => role === 'owner' && status === 'active'

/** A rule that has seen another row than the one that is there would let the tally drift. */
function replace<T extends { readonly id: string }>(rows: Map<string, T>, before: T | null, after: T): void {
  if (rows.get(after.id) !== (before ?? undefined)) throw new Error(`${after.id} is not what the rule has seen`)
  rows.set(after.id, after)
}

function reassign<T extends { readonly id: string; readonly role: string }>(
  rows: Map<string, T>,
  from: string,
  to: string,
): void {
  for (const row of rows.values()) if (row.role === from) rows.set(row.id, { ...row, role: to })
}
