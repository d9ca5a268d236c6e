import { BULK_OUTCOMES, type BulkOutcome } from '../../../membership/bulk.ts'
import type { Outlook } from '../../../membership/offers.ts'
import { Badge } from '../../components/badge.tsx'
import { Name } from '../../components/name.tsx'
import { Cell, Table } from '../../components/table.tsx'
import { roleNamed } from '../members/role-form.tsx'

export interface OutcomeRow {
  readonly email: string
  readonly name?: string | null | undefined
  readonly role?: string | undefined
  readonly outcome: BulkOutcome
}

interface OutcomesProps {
  readonly rows: readonly OutcomeRow[]
  readonly roles: Outlook['roles']
  /** Whether it has happened, or would. */
  readonly tense: keyof (typeof WORDS)['invited']
}

/** What becomes of each row, in their order. */
export const Outcomes = ({ rows, roles, tense }: OutcomesProps) => {
  const [hasNames, hasRoles] = [rows.some(({ name }) => name), rows.some(({ role }) => role !== undefined)]
  const columns = ['Address', hasNames && 'Name', hasRoles && 'Role', 'Outcome'].filter((name) => name !== false)
  return (
    <Table caption="Whom to invite" columns={columns.map((name) => ({ name }))}>
      {rows.map(({ email, name, role, outcome }) => (
        <tr>
          <Cell>{email === '' ? <span class="soft">(empty)</span> : <Name>{email}</Name>}</Cell>
          {hasNames && <Cell label="Name">{name && <Name>{name}</Name>}</Cell>}
          {hasRoles && <Cell label="Role">{role !== undefined && <Name>{roleNamed(role, { roles })}</Name>}</Cell>}
          <Cell label="Outcome">
            <Badge tone={TONES[outcome]}>{WORDS[outcome][tense]}</Badge>
          </Cell>
        </tr>
      ))}
    </Table>
  )
}

const TONES: { readonly [outcome in BulkOutcome]: 'good' | 'neutral' | 'warning' | 'bad' } = {
  invited: 'good',
  already_member: 'neutral',
  already_invited: 'neutral',
  duplicate: 'neutral',
  invalid_email: 'bad',
  role_not_allowed: 'bad',
  seat_limit_reached: 'warning',
  invitation_rate_limited: 'warning',
}

const same = (words: string) => ({ before: words, after: words })

const WORDS: { readonly [outcome in BulkOutcome]: { readonly before: string; readonly after: string } } = {
  invited: { before: 'Will be invited', after: 'Invited' },
  already_member: same('Is a member already'),
  already_invited: same('Is invited already'),
  duplicate: same('Named twice'),
  invalid_email: same('No email address'),
  role_not_allowed: same('Not a role you can give'),
  seat_limit_reached: same('No seat left'),
  invitation_rate_limited: same('Over the mail limit'),
}

/** How many share each outcome, as in `3 will be invited · 1 no seat left`. */
export const summary = (rows: readonly OutcomeRow[], tense: OutcomesProps['tense']): string =>
  BULK_OUTCOMES.map((outcome) => ({ count: countOf(rows, outcome), words: WORDS[outcome][tense].toLowerCase() }))
    .filter(({ count }) => count > 0)
    .map(({ count, words }) => `${count} ${words}`)
    .join(' · ')

export const countOf = (rows: readonly OutcomeRow[], wanted: BulkOutcome): number =>
  rows.filter(({ outcome }) => outcome === wanted).length

export const people = (count: number): string => (count === 1 ? '1 person' : `${count} people`)
