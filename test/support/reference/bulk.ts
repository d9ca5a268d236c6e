import type { BulkInvite, BulkRow } from '../../../src/membership/commands.ts'
import { addressRules, invite, roleRules } from './invitations.ts'
import type { Situation } from './judgement.ts'
import { lacks } from './model.ts'

/** For each row the outcomes that would be right; `invited` stands alone. */
export interface BulkJudgement {
  readonly refusal: string | null
  readonly outcomes: readonly (readonly string[])[]
}

const OUTCOME_OF: { readonly [code: string]: string } = {
  invalid: 'role_not_allowed',
  forbidden: 'role_not_allowed',
  single_owner: 'role_not_allowed',
}

/** Row by row as if each had been invited alone. Invites into a copy of the open invitations first, then for real. */
export function judgeBulk(situation: Situation, command: BulkInvite): BulkJudgement {
  const { model, now } = situation
  const refusal = lacks(situation.rights, 'members:manage')
  if (refusal !== null) return { refusal, outcomes: [] }
  const seen = new Set<string>()
  const invited: BulkRow[] = []
  const outcomes = command.rows.map((row) => {
    const outcome = seen.has(row.email) ? ['duplicate'] : outcomesOf(row, situation, command, invited.length)
    if (row.normalizedEmail !== null) seen.add(row.email)
    if (outcome.length === 0) invited.push(row)
    return outcome.length === 0 ? ['invited'] : outcome
  })
  const all = invited.length === command.rows.length
  if (command.dryRun) return { refusal: null, outcomes }
  if (command.mode === 'all' && !all) return { refusal: 'bulk_refused', outcomes }
  for (const row of invited) {
    invite(situation, row, now + command.defaultLifetimeMs)
    model.mailSent(now)
  }
  return { refusal: null, outcomes }
}

function outcomesOf(row: BulkRow, situation: Situation, command: BulkInvite, before: number): string[] {
  if (row.normalizedEmail === null) return ['invalid_email']
  const { model, now } = situation
  const limit = model.organization?.seatLimit ?? null
  const broken = [
    ...roleRules(situation, row.role),
    ...addressRules(model, row.email, now),
    [limit !== null && model.used(now) + before >= limit, 'seat_limit_reached'] as const,
    [model.mailsLeft(command.mailsPerDay, now) - before <= 0, 'invitation_rate_limited'] as const,
  ]
  return broken.filter(([yes]) => yes).map(([, code]) => OUTCOME_OF[code] ?? code)
}
