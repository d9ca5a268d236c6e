import { typeidUnboxed } from 'typeid-js'
import type * as z from 'zod'
import type { BulkRow } from '../contract/bulk.ts'
import type { BulkMode } from '../membership/bulk.ts'
import type { BulkInvite, InvitationTerms } from '../membership/commands.ts'
import { normalizeEmail } from '../membership/email.ts'

export type Row = z.output<typeof BulkRow>

interface Choices {
  /** For rows that name none. */
  readonly role: string
  readonly mode: BulkMode
  readonly dryRun: boolean
}

/** The command that invites these rows, each with an id of its own. */
export const bulkInvitation = (rows: readonly Row[], choices: Choices, terms: InvitationTerms): BulkInvite => ({
  type: 'BulkInvite',
  rows: rows.map(({ email, role = choices.role, name = null }) => ({
    invitationId: typeidUnboxed('inv'),
    email,
    normalizedEmail: normalizeEmail(email),
    name,
    role,
  })),
  mode: choices.mode,
  dryRun: choices.dryRun,
  ...terms,
})
