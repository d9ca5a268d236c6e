import Papa from 'papaparse'
import { BulkRow } from '../contract/bulk.ts'
import { MAX_BULK_ROWS } from '../membership/invitation.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import type { Row } from './bulk-invitation.ts'

/** What is wrong with the file. A path begins with the number of the row, as in `rows.0.name`, where it is about one. */
export interface CsvProblem {
  readonly code: 'invalid_request'
  readonly errors: readonly { readonly path: string; readonly message: string }[]
}

const COLUMNS = ['email', 'role', 'name']

/** Reads `email,role,name` (RFC 4180, header first; role and name may be missing or empty) into rows, at most 1,000. */
export function parseCsv(text: string): Result<Row[], CsvProblem> {
  const { data, errors, meta } = Papa.parse<Record<string, string>>(text, {
    header: true,
    skipEmptyLines: 'greedy',
    transformHeader: (header) => header.trim().toLowerCase(),
  })
  const columns = meta.fields ?? []
  const unknown = columns.filter((column) => !COLUMNS.includes(column))
  if (unknown.length > 0)
    return refused(unknown.map((column) => ({ path: column, message: 'There is no such column.' })))
  if (!columns.includes('email')) return refused([{ path: 'email', message: 'The header names no column email.' }])
  if (data.length === 0) return refused([{ path: '', message: 'There are no rows.' }])
  if (data.length > MAX_BULK_ROWS) return refused([{ path: '', message: `At most ${MAX_BULK_ROWS} rows.` }])
  // A missing delimiter is how a single column looks to the parser; a short row leaves role and name out.
  const broken = errors.filter(({ code }) => code !== 'UndetectableDelimiter' && code !== 'TooFewFields')
  if (broken.length > 0) return refused(broken.map(problemOf))
  return rowsOf(data)
}

/** Where quotes are wrong, the parser counts the header as a row. */
const problemOf = ({ type, row = 0, message }: Papa.ParseError) => ({
  path: `rows.${type === 'Quotes' ? row - 1 : row}`,
  message,
})

function rowsOf(data: readonly Record<string, string>[]): Result<Row[], CsvProblem> {
  const rows: Row[] = []
  const errors: CsvProblem['errors'][number][] = []
  for (const [index, { email = '', role = '', name = '' }] of data.entries()) {
    const optional = { ...(role.trim() ? { role: role.trim() } : {}), ...(name.trim() ? { name } : {}) }
    const row = BulkRow.safeParse({ email, ...optional })
    if (row.success) rows.push(row.data)
    else
      errors.push(
        ...row.error.issues.map(({ path, message }) => ({ path: `rows.${index}.${path.join('.')}`, message })),
      )
  }
  return errors.length > 0 ? refused(errors) : ok(rows)
}

const refused = (errors: CsvProblem['errors']) => refuse<CsvProblem>({ code: 'invalid_request', errors })
