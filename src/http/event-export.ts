import type { Context } from 'hono'
import { stream } from 'hono/streaming'
import Papa from 'papaparse'
import type { OrganizationEvent } from '../membership/event.ts'
import type { HttpEnvironment } from './environment.ts'
import { organization, refused } from './organization-call.ts'
import * as present from './present.ts'

export type ExportFormat = 'ndjson' | 'csv'

const EVENTS_AT_ONCE = 1_000
const CONTENT_TYPES = { ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' }

/** The whole log in its order, streamed, so that its length does not matter. The first stretch decides on permission. */
export async function exportEvents(c: Context<HttpEnvironment>, format: ExportFormat): Promise<Response> {
  const first = await stretch(c, 0)
  if (!first.ok) return refused(c, first)
  c.header('Muster-Revision', String(first.revision))
  c.header('Content-Type', CONTENT_TYPES[format])
  c.header('Content-Disposition', `attachment; filename="events.${format}"`)
  return stream(c, async (out) => {
    if (format === 'csv') await out.write(csvLines([COLUMNS]))
    let answered: Awaited<ReturnType<typeof stretch>> = first
    while (answered.ok) {
      const { items } = answered.value
      await out.write(format === 'csv' ? csvLines(items.map(cells)) : items.map(ndjsonLine).join(''))
      const last = items.at(-1)
      if (items.length < EVENTS_AT_ONCE || last === undefined) return
      answered = await stretch(c, last.seq)
    }
    // The caller lost the permission halfway: a broken stream says so, a short file would not.
    throw new Error('The export was cut off')
  })
}

const stretch = (c: Context<HttpEnvironment>, afterSeq: number) =>
  organization(c).read(c.var.credential.caller, {
    type: 'ListEvents',
    types: [],
    actorId: null,
    targetId: null,
    from: null,
    to: null,
    afterSeq,
    page: { limit: EVENTS_AT_ONCE, cursor: null },
  })

const ndjsonLine = (event: OrganizationEvent): string => `${JSON.stringify(present.event(event))}\n`

const COLUMNS = [
  'seq',
  'id',
  'type',
  'occurred_at',
  'actor_type',
  'actor_id',
  'target_type',
  'target_id',
  'data',
  'hash',
]

function cells(event: OrganizationEvent): (string | number)[] {
  const { seq, id, type, occurred_at, actor, target, data, hash } = present.event(event)
  return [seq, id, type, occurred_at, actor.type, actor.id ?? '', target.type, target.id, JSON.stringify(data), hash]
}

/** Spreadsheets take a cell that starts with = + - @, tab or CR for a formula: it gets a quote in front (OWASP, CSV injection). */
const csvLines = (rows: (string | number)[][]): string =>
  `${Papa.unparse(rows, { escapeFormulae: true, newline: '\r\n' })}\r\n`
