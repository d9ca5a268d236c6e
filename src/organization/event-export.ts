import Papa from 'papaparse'
import type { Caller } from '../membership/actor.ts'
import type { OrganizationEvent } from '../membership/event.ts'
import type { Query } from '../membership/queries.ts'
import { shownEvent } from '../records/event-chain.ts'
import type { LogEntryHash } from '../records/projection.ts'
import type { OrganizationClient } from './client.ts'
import type { AnsweredQuery } from './requests.ts'

export type ExportFormat = 'ndjson' | 'csv'

type ListEvents = Extract<Query, { type: 'ListEvents' }>
type Stretch = AnsweredQuery<ListEvents>

/** A file on its way: what to answer with. */
export interface EventExport {
  readonly ok: true
  readonly revision: number
  readonly headers: { readonly 'Content-Type': string; readonly 'Content-Disposition': string }
  readonly body: ReadableStream<Uint8Array>
}

const EVENTS_AT_ONCE = 1_000
const CONTENT_TYPES = { ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' }

/**
 * The whole log in its order, streamed, so that its length does not matter. The first stretch decides on permission. NDJSON
 * ends with the checkpoints, read before the log, so that a log that was rewritten or cut off shows in the file.
 */
export async function exportEvents(
  client: OrganizationClient,
  caller: Caller,
  format: ExportFormat,
  checkpoints: readonly LogEntryHash[],
): Promise<EventExport | Extract<Stretch, { ok: false }>> {
  const stretch = (afterSeq: number): Promise<Stretch> => client.read(caller, following(afterSeq))
  const first = await stretch(0)
  if (!first.ok) return first
  return {
    ok: true,
    revision: first.revision,
    headers: {
      'Content-Type': CONTENT_TYPES[format],
      'Content-Disposition': `attachment; filename="events.${format}"`,
    },
    body: streamed(written(first, stretch, format, checkpoints)),
  }
}

const following = (afterSeq: number): ListEvents => ({
  type: 'ListEvents',
  types: [],
  actorId: null,
  targetId: null,
  from: null,
  to: null,
  afterSeq,
  page: { limit: EVENTS_AT_ONCE, cursor: null },
})

async function* written(
  first: Stretch,
  stretch: (afterSeq: number) => Promise<Stretch>,
  format: ExportFormat,
  checkpoints: readonly LogEntryHash[],
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLines([COLUMNS])
  let answered = first
  while (answered.ok) {
    const { items } = answered.value
    const last = items.at(-1)
    yield format === 'csv' ? csvLines(items.map(cells)) : items.map(ndjsonLine).join('')
    if (last === undefined || items.length < EVENTS_AT_ONCE) {
      if (format === 'ndjson') yield checkpoints.map(checkpointLine).join('')
      return
    }
    answered = await stretch(last.seq)
  }
  // The caller lost the permission halfway: a broken stream says so, a short file would not.
  throw new Error('The export was cut off')
}

/** Reads on as fast as it is taken, and no further once nobody takes it any more. */
function streamed(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await texts.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await texts.return(undefined)
    },
  })
}

const ndjsonLine = (event: OrganizationEvent): string => `${JSON.stringify(shownEvent(event))}\n`

const checkpointLine = ({ seq, hash }: LogEntryHash): string =>
  `${JSON.stringify({ object: 'checkpoint', seq, hash })}\n`

const COLUMNS = [
  'seq',
  'id',
  'type',
  'occurred_at',
  'actor_type',
  'actor_id',
  'via_type',
  'via_id',
  'target_type',
  'target_id',
  'data',
  'hash',
]

function cells(event: OrganizationEvent): (string | number)[] {
  const { seq, id, type, occurred_at, actor, via, target, data, hash } = shownEvent(event)
  const who = [actor.type, actor.id ?? '', via?.type ?? '', via?.id ?? '']
  return [seq, id, type, occurred_at, ...who, target.type, target.id, JSON.stringify(data), hash]
}

/** Spreadsheets take a cell that starts with = + - @, tab or CR for a formula: it gets a quote in front (OWASP, CSV injection). */
const csvLines = (rows: (string | number)[][]): string =>
  `${Papa.unparse(rows, { escapeFormulae: true, newline: '\r\n' })}\r\n`
