import * as z from 'zod'
import { BulkRow } from '../../../contract/bulk.ts'
import { roleKey } from '../../../contract/members.ts'
import { BULK_OUTCOMES } from '../../../membership/bulk.ts'
import { MAX_BULK_ROWS } from '../../../membership/invitation.ts'
import { DEFAULT_ROLE } from '../../../membership/roles.ts'
import type { Row } from '../../../onboarding/bulk-invitation.ts'
import type { FormFields } from '../../form-body.ts'
import type { PendingFields } from '../../fresh-proof-missing.ts'

/** What somebody has filled in: the addresses as typed, and what holds for all of them. */
export interface Wish {
  readonly addresses: string
  /** Of the one person, where it is one. */
  readonly name: string
  readonly role: string
  /** The link is handed over by oneself. */
  readonly withoutMail: boolean
}

export const NO_WISH: Wish = { addresses: '', name: '', role: DEFAULT_ROLE, withoutMail: false }

export function wishIn(form: FormFields): Wish {
  const role = roleKey.safeParse(form.text('role'))
  return {
    addresses: form.text('addresses'),
    name: form.text('name'),
    role: role.success ? role.data : DEFAULT_ROLE,
    withoutMail: form.text('without_mail') === 'on',
  }
}

/** What became of a row. */
const Done = z.strictObject({ email: z.string().max(1000), outcome: z.enum(BULK_OUTCOMES) })
export type Done = z.output<typeof Done>

const Rows = z.array(BulkRow).min(1).max(MAX_BULK_ROWS)

/** The rows of a file that was read, as a form carries them where it cannot carry the file. */
export const rowsFields = (rows: readonly Row[], role: string): PendingFields => [
  ['role', role],
  ['rows', JSON.stringify(rows)],
]

/** Null where the form carries no rows that a page of ours has read. */
export function rowsIn(form: FormFields): readonly Row[] | null {
  const parsed = Rows.safeParse(fromJson(form.text('rows')))
  return parsed.success ? parsed.data : null
}

/** Whom a page that was looked at is about to invite. It travels in the form, and nothing of it is believed. */
const Batch = z.strictObject({
  /** Of this sending: the same form sent twice invites once. */
  key: z.string().regex(/^[0-9a-z]{26}$/),
  role: roleKey,
  rows: Rows,
  /** What became of those before, where a long list is sent in parts. */
  done: z.array(Done).max(MAX_BULK_ROWS),
})

export interface Batch {
  readonly key: string
  readonly role: string
  readonly rows: readonly Row[]
  readonly done: readonly Done[]
}

/** Null where the form is none that a page of ours has made. */
export function batchIn(form: FormFields): Batch | null {
  const parsed = Batch.safeParse({
    key: form.text('key'),
    role: form.text('role'),
    rows: fromJson(form.text('rows')),
    done: fromJson(form.text('done')),
  })
  return parsed.success ? parsed.data : null
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
