import { type Context, Hono } from 'hono'
import { BulkInvite, BulkInviteCsv } from '../../contract/bulk.ts'
import type { BulkMode } from '../../membership/bulk.ts'
import { parseCsv } from '../../onboarding/bulk-csv.ts'
import { bulkInvitation, type Row } from '../../onboarding/bulk-invitation.ts'
import type { HttpEnvironment } from '../environment.ts'
import { currentTerms } from '../invitation-terms.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/invitations.ts'
import { execute } from '../organization-call.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { body, csv } from '../validation.ts'

export const bulkInvitations = new Hono<HttpEnvironment>()

/** The rows as CSV, what JSON says beside them as query parameters. */
const asCsv = csv(BulkInviteCsv, async (c: Context<HttpEnvironment>, choices) => {
  const rows = parseCsv(await c.req.text())
  return rows.ok ? invite(c, rows.value, choices) : problem(c, rows.error)
})

bulkInvitations.post('/', describe(operation.inviteMembers), asCsv, body(BulkInvite), (c) => {
  const { emails = [], rows, ...choices } = c.req.valid('json')
  return invite(c, rows ?? emails.map((email) => ({ email })), choices)
})

interface Choices {
  readonly role: string
  readonly mode: BulkMode
  readonly dry_run: boolean
}

async function invite(c: Context<HttpEnvironment>, rows: readonly Row[], choices: Choices): Promise<Response> {
  const { role: defaultRole, mode, dry_run: dryRun } = choices
  const command = bulkInvitation(rows, { role: defaultRole, mode, dryRun }, await currentTerms(c))
  return execute(c, command, ({ results, seats }) => ({
    object: 'bulk_result',
    dry_run: dryRun,
    results: results.map(present.bulkResult),
    seats: present.seats(seats),
  }))
}
