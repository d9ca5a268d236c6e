import { type Context, missing, missingFreshProof } from '../authority.ts'
import type { BulkOutcome, BulkResult } from '../bulk.ts'
import type { BulkInvite, BulkRow, CommandValues } from '../commands.ts'
import { type Change, type Decision, decided, reject, unchanged } from '../decision.ts'
import type { Invitation } from '../invitation.ts'
import { type MailAllowance, spendMails } from '../mail.ts'
import type { Member } from '../member.ts'
import type { Organization } from '../organization.ts'
import { OWNER, type Role } from '../roles.ts'
import { seats, type Tally } from '../seats.ts'
import {
  addressTaken,
  invitationChanges,
  mailLimitProblem,
  newInvitation,
  noFreeSeat,
  roleProblem,
} from './invite-member.ts'

export interface BulkFacts {
  readonly organization: Organization
  readonly tally: Tally
  readonly mailAllowance: MailAllowance
  /** By role key; absent when there is none of that key. */
  readonly roles: ReadonlyMap<string, Role>
  /** By normalized address. */
  readonly members: ReadonlyMap<string, Member>
  readonly invitations: ReadonlyMap<string, Invitation>
  /** When each was last mailed, within the interval of the command. */
  readonly lastMails: ReadonlyMap<string, number>
}

type BulkValue = CommandValues['BulkInvite']

/** One outcome per row, in the order given; row by row as if each had been invited alone, all in one step. */
export function bulkInvite(facts: BulkFacts, command: BulkInvite, context: Context): Decision<BulkValue> {
  const refusal = missing(context.authority, 'members:manage')
  if (refusal !== null) return reject(refusal)

  const results: BulkResult[] = []
  const changes: Change[] = []
  const seen = new Set<string>()
  let tally = facts.tally
  let mailAllowance = facts.mailAllowance
  for (const row of command.rows) {
    const outcome = seen.has(row.normalizedEmail ?? '')
      ? 'duplicate'
      : outcomeOf(row, { ...facts, tally, mailAllowance }, command, context)
    if (row.normalizedEmail !== null) seen.add(row.normalizedEmail)
    if (outcome === 'invited') {
      changes.push(...invite(row, facts, command, context))
      tally = { ...tally, pendingInvitations: tally.pendingInvitations + 1 }
      mailAllowance = spendMails(mailAllowance, 1, context.now)
    }
    results.push(resultOf(row, outcome, facts, command))
  }

  const value: BulkValue = { results, seats: seats(facts.organization, tally) }
  const refused = command.mode === 'all' && results.some(({ outcome }) => outcome !== 'invited')
  if (refused && !command.dryRun) {
    return reject({
      code: 'bulk_refused',
      results: results.map(withoutId),
      seats: seats(facts.organization, facts.tally),
    })
  }
  if (command.dryRun) return unchanged(value)
  const givesOwner = command.rows.some(({ role }, row) => role === OWNER && results[row]?.outcome === 'invited')
  const stale = givesOwner ? missingFreshProof(context) : null
  return stale === null ? decided(value, ...changes) : reject(stale)
}

function outcomeOf(row: BulkRow, facts: BulkFacts, command: BulkInvite, context: Context): BulkOutcome {
  if (row.normalizedEmail === null) return 'invalid_email'
  const role = facts.roles.get(row.role) ?? null
  const member = facts.members.get(row.normalizedEmail) ?? null
  const invitation = facts.invitations.get(row.normalizedEmail) ?? null
  const lastMailAt = facts.lastMails.get(row.normalizedEmail) ?? null
  const rowFacts = { ...facts, role, member, invitation, lastMailAt }
  if (roleProblem(rowFacts, context) !== null) return 'role_not_allowed'
  const taken = addressTaken(rowFacts, context.now)
  if (taken !== null) return taken.code === 'already_member' ? 'already_member' : 'already_invited'
  if (noFreeSeat(facts.organization, facts.tally) !== null) return 'seat_limit_reached'
  return mailLimitProblem(rowFacts, command, context.now) === null ? 'invited' : 'invitation_rate_limited'
}

function invite(row: BulkRow, facts: BulkFacts, command: BulkInvite, context: Context): Change[] {
  const email = row.normalizedEmail ?? row.email
  const wanted = { ...row, email, expiresAt: null, sendEmail: true, defaultLifetimeMs: command.defaultLifetimeMs }
  const rowFacts = {
    organization: facts.organization,
    role: facts.roles.get(row.role) ?? null,
    invitation: facts.invitations.get(email) ?? null,
  }
  return invitationChanges(rowFacts, newInvitation(facts.organization, wanted, context), true, context)
}

function resultOf(row: BulkRow, outcome: BulkOutcome, facts: BulkFacts, { dryRun }: BulkInvite): BulkResult {
  const email = row.normalizedEmail ?? row.email
  if (outcome === 'invited') return { email, outcome, invitationId: dryRun ? null : row.invitationId }
  const existing = outcome === 'already_invited' ? facts.invitations.get(email) : undefined
  return { email, outcome, invitationId: existing?.id ?? null }
}

const withoutId = (result: BulkResult): BulkResult =>
  result.outcome === 'invited' ? { ...result, invitationId: null } : result
