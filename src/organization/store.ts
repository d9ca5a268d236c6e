import { randomBytes } from 'node:crypto'
import type { DrizzleSqliteDODatabase } from 'drizzle-orm/durable-sqlite'
import { typeidUnboxed } from 'typeid-js'
import type { InvitationMessage } from '../contract/mail-message.ts'
import { FIRST_DIRECTORY } from '../env.ts'
import type { Membership } from '../membership/access.ts'
import type { Actor } from '../membership/actor.ts'
import type { ApiKey } from '../membership/api-key.ts'
import type { ErasePerson } from '../membership/commands.ts'
import type { Change, MadeInvitations } from '../membership/decision.ts'
import { endingOf } from '../membership/departure.ts'
import { erasedAddress, splitPersonal } from '../membership/erasure.ts'
import type { ErasedTarget, EventData, EventDraft, OrganizationEvent, PersonalData } from '../membership/event.ts'
import type { Invitation } from '../membership/invitation.ts'
import { type InvitationMail, type MailAllowance, type Notice, spendMails } from '../membership/mail.ts'
import type { Member, MemberStatus } from '../membership/member.ts'
import type { Organization } from '../membership/organization.ts'
import { isActiveOwner } from '../membership/ownership.ts'
import { BUILT_IN_ROLES, builtInRole, type Role } from '../membership/roles.ts'
import type { Tally } from '../membership/seats.ts'
import { CHAIN_START, chainHash, personalHash } from '../records/event-chain.ts'
import type { idempotency, ledger } from '../records/organization-tables.ts'
import {
  apiKeyOf,
  apiKeyRow,
  eventOf,
  eventRow,
  invitationOf,
  invitationRow,
  memberOf,
  memberRow,
  organizationOf,
  organizationRow,
  roleOf,
  roleRow,
} from '../records/rows.ts'
import { KeptReads, type Standing } from './kept-reads.ts'
import { PendingRows } from './pending-rows.ts'
import type { LaneName } from './relay/lane.ts'
import type { Resource } from './resource.ts'
import { prepareStatements, type Statements } from './statements.ts'

export type Ledger = typeof ledger.$inferSelect
type AboutPerson = Pick<ErasePerson, 'userId' | 'email' | 'formerEmails'>
export type KeptAnswer = typeof idempotency.$inferSelect

/**
 * Which kinds of changes raise the revision that clients see. Every commit raises the version; the revision counts what
 * somebody asked for, and what the log says, so that no event is appended under a revision that clients have seen. What cron
 * writes down with an event (an invitation that expired) therefore counts; mails and their fate, sign-ins and the use of keys do not.
 */
const RAISES_REVISION: { readonly [kind in Change['kind']]: boolean } = {
  organization: true,
  member: true,
  invitation: true,
  role: true,
  role_deleted: true,
  role_reassigned: true,
  invitations_ended: true,
  api_key: true,
  event: true,
  erasure: true,
  mail: false,
  sign_in: false,
  delivery: false,
  key_use: false,
}

/** Whenever another answer is kept. */
const ANSWERS_DROPPED_PER_CALL = 10

const BEFORE_THE_FIRST: Ledger = {
  id: 1,
  revision: 0,
  version: 0,
  eventSeq: 0,
  eventHash: CHAIN_START,
  eventTime: 0,
  activeMembers: 0,
  activeOwners: 0,
  suspendedMembers: 0,
  removedMembers: 0,
  pendingInvitations: 0,
  mailDay: 0,
  mailCount: 0,
}

/**
 * Facts in, changes out, over one organization's own SQLite. All statements are prepared once, since building one costs
 * several times its execution. `commit` must run inside `transactionSync`: a plain throw does not undo what was written.
 */
export class OrganizationStore {
  readonly #database: DrizzleSqliteDODatabase
  readonly #statements: Statements
  readonly #organizationId: string
  #ledger: Ledger | null = null
  readonly #kept = new KeptReads()
  #work = new Set<LaneName>()

  constructor(database: DrizzleSqliteDODatabase, organizationId: string) {
    this.#database = database
    this.#statements = prepareStatements(database, organizationId)
    this.#organizationId = organizationId
  }

  /** Before each step: what a step has read of the ledger it keeps to its end, and no longer. */
  begin(): void {
    this.#ledger = null
    this.#work = new Set()
  }

  /** Which lanes of the relay have something to do because of what the step has committed. */
  work(): ReadonlySet<LaneName> {
    return this.#work
  }

  ledger(): Ledger {
    this.#ledger ??= this.#statements.ledger.get() ?? BEFORE_THE_FIRST
    return this.#ledger
  }

  /** Which directory has the organization's copy, by the name of its binding. */
  directory(): string {
    return this.#statements.placement.get()?.directory ?? FIRST_DIRECTORY
  }

  /** Part of the creation. What is there already stays. */
  place(directory: string): void {
    this.#statements.place.run({ id: 1, directory })
  }

  /** What every read needs of the organization. Null: there is none. */
  standing(): Standing | null {
    if (this.#kept.standing === null) {
      const row = this.#statements.standing.get()
      this.#kept.standing = row === undefined ? null : { revision: row.revision, deleted: row.deletedAt !== null }
    }
    return this.#kept.standing
  }

  /** Of a resource's last change; 0 if it has no row, as a built-in role. */
  rowRevision(resource: Resource): number {
    const id = resource.type === 'organization' ? this.#organizationId : resource.id
    return this.#statements.revisions[resource.type].get({ id })?.revision ?? 0
  }

  /** The person who created the organization; null: the operator did. */
  creator(): string | null {
    const first = this.#statements.firstEvent.get()
    return first?.actorType === 'user' ? first.actorId : null
  }

  /** The person who owned the organization from its creation; null: it was created without an owner. */
  firstOwner(): string | null {
    return this.#statements.firstOwner.get()?.userId ?? null
  }

  organization(): Organization | null {
    const row = this.#statements.organization.get()
    return row === undefined ? null : organizationOf(row)
  }

  /** The counts as of `now`: what has expired is left out, whether or not it has been swept. */
  tally(now: number): Tally {
    const { activeMembers, activeOwners, pendingInvitations } = this.ledger()
    const overdue = this.#statements.countOverdue.get({ now })?.count ?? 0
    return { activeMembers, activeOwners, pendingInvitations: pendingInvitations - overdue }
  }

  /** Of the last commit. */
  version(): number {
    return this.#statements.ledger.get()?.version ?? 0
  }

  /** Read anew: whoever has read the whole log asks long after their step began. */
  logHead(): { seq: number; hash: string } {
    const { eventSeq, eventHash } = this.#statements.ledger.get() ?? BEFORE_THE_FIRST
    return { seq: eventSeq, hash: eventHash }
  }

  mailAllowance(): MailAllowance {
    const { mailDay, mailCount } = this.ledger()
    return { day: mailDay, count: mailCount }
  }

  member(id: string): Member | null {
    const row = this.#statements.member.get({ id })
    return row === undefined ? null : memberOf(row)
  }

  memberOfUser(userId: string): Member | null {
    const row = this.#statements.memberOfUser.get({ userId })
    return row === undefined ? null : memberOf(row)
  }

  membershipOf(userId: string): Membership | null {
    return this.#kept.membership(userId, () => this.#statements.membershipOf.get({ userId }) ?? null)
  }

  /** Whoever belongs to the organization under this address; a removed person does not. */
  memberOfEmail(email: string): Member | null {
    const row = this.#statements.memberOfEmail.get({ email })
    return row === undefined ? null : memberOf(row)
  }

  membersOfEmails(emails: readonly string[]): Member[] {
    return this.#statements.membersOfEmails.all({ emails: JSON.stringify(emails) }).map(memberOf)
  }

  /** Present or past, by account. */
  membersOfUsers(userIds: readonly string[]): Member[] {
    return this.#statements.membersOfUsers.all({ userIds: JSON.stringify(userIds) }).map(memberOf)
  }

  /** Present or past, by what the source calls them. */
  membersOfExternalIds(source: string, externalIds: readonly string[]): Member[] {
    if (externalIds.length === 0) return []
    const named = { source, externalIds: JSON.stringify(externalIds) }
    return this.#statements.membersOfExternalIds.all(named).map((row) => memberOf(row.members))
  }

  /** The only one in an organization of mode `single`; any one of them otherwise. */
  activeOwner(): Member | null {
    const row = this.#statements.activeOwner.get()
    return row === undefined ? null : memberOf(row)
  }

  invitation(id: string): Invitation | null {
    const row = this.#statements.invitation.get({ id })
    return row === undefined ? null : invitationOf(row)
  }

  /** Pending by its row; the caller looks at the clock. */
  pendingInvitation(email: string): Invitation | null {
    const row = this.#statements.pendingInvitation.get({ email })
    return row === undefined ? null : invitationOf(row)
  }

  pendingInvitations(emails: readonly string[]): Invitation[] {
    return this.#statements.pendingInvitations.all({ emails: JSON.stringify(emails) }).map(invitationOf)
  }

  /** Of these emails, those to which an invitation was declined. */
  declinedEmails(emails: readonly string[]): Set<string> {
    return new Set(this.#statements.declinedEmails.all({ emails: JSON.stringify(emails) }).map(({ email }) => email))
  }

  /** When each address was last mailed an invitation, if that was later than `after`. */
  lastMails(emails: readonly string[], after: number): Map<string, number> {
    const mailed = this.#statements.lastMails.all({ emails: JSON.stringify(emails), after })
    return new Map(mailed.map(({ email, sentAt }) => [email, sentAt]))
  }

  overdueInvitations(now: number, limit: number): Invitation[] {
    return this.#statements.overdue.all({ now, limit }).map(invitationOf)
  }

  /** To an email of the person, or accepted by them: those that have not been erased, whatever has become of them. */
  invitationsAbout(
    { userId, email, formerEmails = [] }: AboutPerson,
    member: Member | null,
    limit: number,
  ): Invitation[] {
    const about = { email, memberId: member?.id ?? null, formerEmails: JSON.stringify(formerEmails) }
    return this.#statements.invitationsAbout.all({ ...about, erased: erasedAddress(userId), limit }).map(invitationOf)
  }

  /** What the log says of these, in its order. */
  entriesAbout(targetIds: readonly string[], afterSeq: number, limit: number): OrganizationEvent[] {
    return this.#statements.entriesAbout
      .all({ targetIds: JSON.stringify(targetIds), afterSeq, limit })
      .map(eventOf(this.#organizationId))
  }

  role(key: string): Role | null {
    const builtIn = builtInRole(key)
    if (builtIn !== undefined) return builtIn
    const kept = this.#kept.roles.get(key)
    if (kept !== undefined) return kept
    const row = this.#statements.role.get({ key })
    if (row === undefined) return null
    const role = roleOf(row)
    this.#kept.roles.set(key, role)
    return role
  }

  /** Built-in and custom ones. */
  roles(): Role[] {
    return [...BUILT_IN_ROLES, ...this.#statements.roles.all().map(roleOf)]
  }

  customRoles(): number {
    return this.#statements.countRoles.get()?.count ?? 0
  }

  roleUse(key: string): { members: number; invitations: number } {
    return {
      members: this.#statements.countMembersOfRole.get({ key })?.count ?? 0,
      invitations: this.#statements.countInvitationsOfRole.get({ key })?.count ?? 0,
    }
  }

  apiKey(id: string): ApiKey | null {
    const row = this.#statements.apiKey.get({ id })
    return row === undefined ? null : apiKeyOf(row)
  }

  apiKeyOfSecret(secretHash: string): ApiKey | null {
    const kept = this.#kept.apiKeys.get(secretHash)
    if (kept !== undefined) return kept
    const row = this.#statements.apiKeyOfSecret.get({ secretHash })
    if (row === undefined) return null
    const apiKey = apiKeyOf(row)
    this.#kept.apiKeys.set(secretHash, apiKey)
    return apiKey
  }

  liveApiKeys(): number {
    return this.#statements.countApiKeys.get()?.count ?? 0
  }

  /** In no particular order. */
  activeOwners(limit: number): Member[] {
    return this.#statements.activeOwners.all({ limit }).map(memberOf)
  }

  /** Oldest first; what has expired by `now` is left out. */
  madeInvitations(made: MadeInvitations, now: number, limit: number): Invitation[] {
    return this.#statements.madeInvitations.all({ ...bound(made, now), limit }).map(invitationOf)
  }

  /** The accounts of those who hold the role and have made pending invitations. */
  invitingHolders(role: string): string[] {
    return this.#statements.invitingHolders.all({ role }).map(({ userId }) => userId)
  }

  apiKeysOf(userId: string): ApiKey[] {
    return this.#statements.apiKeysOfMaker.all({ userId }).map(apiKeyOf)
  }

  apiKeysOfHolders(role: string): ApiKey[] {
    return this.#statements.apiKeysOfHolders.all({ role }).map((row) => apiKeyOf(row.api_keys))
  }

  /** Writes log entries of invitations that ended without one, in the name of who ended the first of them. */
  logEndings(now: number, limit: number): void {
    const waiting = this.#statements.unloggedEndings.all({ limit })
    const [first] = waiting
    if (first === undefined) return
    const { actor } = first.unlogged_endings
    const name = JSON.stringify(actor)
    const logged = waiting.filter((row) => JSON.stringify(row.unlogged_endings.actor) === name)
    const entries = logged.map((row) => endingOf(invitationOf(row.invitations)))
    this.commit(entries, actor, now)
    for (const row of logged) this.#statements.dropEnding.run({ id: row.unlogged_endings.id })
  }

  keptAnswer(key: string, now: number): KeptAnswer | null {
    const kept = this.#statements.keptAnswer.get({ key })
    return kept === undefined || kept.expiresAt <= now ? null : kept
  }

  /** Keeps an answer and drops a few that have had their time, so that no sweep is needed. */
  keepAnswer(answer: KeptAnswer, now: number): void {
    this.dropAnswers(now, ANSWERS_DROPPED_PER_CALL)
    this.#statements.keepAnswer.run(answer)
  }

  /** Of those that have had their time, at most so many. */
  dropAnswers(now: number, limit: number): void {
    this.#statements.dropAnswers.run({ now, limit })
  }

  /** Deletes kept answers that name the person. A repeated call of these is carried out like a new one. */
  forgetAnswers({ userId, email, formerEmails = [] }: AboutPerson): void {
    const memberId = this.memberOfUser(userId)?.id
    // Quoted as they stand in the JSON of an answer, so that a part of another email is not taken for this one.
    const names = [userId, email, ...formerEmails.map((former) => former.email)]
    const texts = [...names, ...(memberId === undefined ? [] : [memberId])].map((text) => JSON.stringify(text))
    this.#statements.forgetAnswers.run({ texts: JSON.stringify(texts) })
  }

  /** Writes all changes under one new version, and under a new revision if they raise it. Answers with the ledger after it. */
  commit(changes: readonly Change[], actor: Actor, now: number): Ledger {
    const next = { ...this.ledger() }
    if (changes.length === 0) return next
    this.#kept.forget(changes)
    next.version += 1
    if (changes.some(({ kind }) => RAISES_REVISION[kind])) next.revision += 1
    const rows = new PendingRows()
    for (const change of changes) this.#apply(change, next, rows, actor, now)
    rows.write(this.#database, this.#statements, next.version)
    for (const lane of rows.work) this.#work.add(lane)
    this.#statements.putLedger.run(next)
    this.#ledger = next
    return next
  }

  #apply(change: Change, next: Ledger, rows: PendingRows, actor: Actor, now: number): void {
    const { revision, version } = next
    const stamp = { revision, version }
    switch (change.kind) {
      case 'organization':
        rows.put('organizations', { ...organizationRow(change.after), ...stamp })
        return
      case 'member':
        countMember(next, change.before, change.after)
        this.#nameMember(change.before, change.after)
        rows.put('members', { ...memberRow(change.after), ...stamp })
        return
      case 'invitation':
        countInvitation(next, change.before, change.after)
        rows.put('invitations', { ...invitationRow(change.after), ...stamp })
        return
      case 'role':
        rows.put('roles', { ...roleRow(this.#organizationId, change.after), ...stamp })
        return
      case 'role_deleted':
        this.#statements.deleteRole.run({ key: change.key, ...stamp })
        return
      case 'role_reassigned':
        this.#statements.reassignMembers.run({ ...change, ...stamp })
        this.#statements.reassignInvitations.run({ ...change, ...stamp })
        return
      case 'invitations_ended': {
        const made = bound(change, now)
        next.pendingInvitations -= this.#statements.countMade.get(made)?.count ?? 0
        this.#statements.noteEndings.run({ ...made, actor: JSON.stringify(actor) })
        this.#statements.endInvitations.run({ ...made, ...stamp })
        this.#work.add('endings')
        return
      }
      case 'api_key':
        rows.put('apiKeys', { ...apiKeyRow(change.after), ...stamp })
        return
      case 'sign_in':
        rows.put('members', { ...memberRow(change.after), ...this.#unasked('member', change.after, next) })
        return
      case 'delivery':
        rows.put('invitations', { ...invitationRow(change.after), ...this.#unasked('invitation', change.after, next) })
        return
      case 'key_use':
        rows.put('apiKeys', { ...apiKeyRow(change.after), ...this.#unasked('api_key', change.after, next) })
        return
      case 'event':
        rows.put('events', eventRow(this.#seal(change.event, next, actor, now)))
        return
      case 'erasure':
        rows.put('events', eventRow(this.#seal(erasure(change.target, change.entries), next, actor, now)))
        for (const seq of change.entries) {
          this.#statements.erasePersonal.run({ seq })
          this.#statements.putErasedEntry.run({ seq, erasureSeq: next.eventSeq })
        }
        return
      case 'mail': {
        if (change.mail.kind === 'notice') {
          this.#notify(change.mail, version, rows)
          return
        }
        const { day, count } = spendMails({ day: next.mailDay, count: next.mailCount }, 1, now)
        Object.assign(next, { mailDay: day, mailCount: count })
        rows.send(mailMessage(change.mail))
      }
    }
  }

  /** A row that changes without anybody asking keeps its revision. */
  #unasked(type: 'member' | 'invitation' | 'api_key', { id }: { readonly id: string }, { version }: Ledger) {
    return { revision: this.rowRevision({ type, id }), version }
  }

  /** Keeps the look-up by external id in step with the member's row. */
  #nameMember(before: Member | null, after: Member): void {
    const memberId = after.id
    for (const [source, externalId] of Object.entries(before?.externalIds ?? {})) {
      if (after.externalIds[source] !== externalId)
        this.#statements.dropExternalId.run({ source, externalId, memberId })
    }
    for (const [source, externalId] of Object.entries(after.externalIds)) {
      if (before?.externalIds[source] !== externalId)
        this.#statements.putExternalId.run({ source, externalId, memberId })
    }
  }

  /** Numbered within the commit, so that the same mail has the same id however often its message is delivered. */
  #notify({ recipients, ...notice }: Notice, version: number, rows: PendingRows): void {
    const organizationId = this.#organizationId
    for (const recipient of recipients) {
      const id = `${organizationId}.${version}.${rows.messages}`
      rows.send({ version: 1, id, organizationId, ...notice, ...recipient })
    }
  }

  /** Gives an event its place in the log and its link to the one before. */
  #seal(draft: EventDraft, next: Ledger, actor: Actor, now: number): OrganizationEvent {
    next.eventSeq += 1
    next.eventTime = Math.max(next.eventTime, now)
    const organizationId = this.#organizationId
    const place = { seq: next.eventSeq, occurredAt: next.eventTime, actor }
    const event = {
      ...draft,
      ...place,
      id: typeidUnboxed('evt'),
      organizationId,
      personal: committed(splitPersonal(draft).personal),
    }
    next.eventHash = chainHash(next.eventHash, event)
    return { ...event, hash: next.eventHash }
  }
}

const bound = ({ makers, roles, except }: MadeInvitations, now: number) => ({
  makers: JSON.stringify(makers),
  roles: JSON.stringify(roles),
  except: JSON.stringify(except),
  now,
})

/** Named after the mail it stands for, so that the same mail has the same id whatever happens on the way. */
const mailMessage = (mail: InvitationMail): InvitationMessage => ({
  version: 1,
  id: `${mail.invitationId}.${mail.sendNumber}`,
  ...mail,
})

const SALT_BYTES = 16

/** What the entry's hash covers in place of its personal data. */
function committed(personal: EventData | null): PersonalData | null {
  if (personal === null) return null
  const salt = randomBytes(SALT_BYTES).toString('hex')
  return { fields: Object.keys(personal), salt, sha256: personalHash(salt, personal) }
}

/** Names the entries whose personal data is gone; without this they would count as tampered with. */
const erasure = (target: ErasedTarget, entries: readonly number[]): EventDraft => ({
  type: `${target.type}.erased`,
  target,
  data: { erased: entries },
})

function countMember(next: Ledger, before: Member | null, after: Member): void {
  const has = (status: MemberStatus) => Number(after.status === status) - Number(before?.status === status)
  const owner = (member: Member | null) => Number(member !== null && isActiveOwner(member))
  next.activeMembers += has('active')
  next.suspendedMembers += has('suspended')
  next.removedMembers += has('removed')
  next.activeOwners += owner(after) - owner(before)
}

function countInvitation(next: Ledger, before: Invitation | null, after: Invitation): void {
  next.pendingInvitations += Number(after.status === 'pending') - Number(before?.status === 'pending')
}
