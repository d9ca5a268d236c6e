/*
 * Verifies an exported audit log (NDJSON) with nothing but Node:
 *
 *   node verify-export.mjs events.ndjson
 *
 * How the hashes are made is described in architecture.md, "The audit log".
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const sha256 = (text) => createHash('sha256').update(text).digest('hex')

/** RFC 8785: members sorted by UTF-16 code units, no white space. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`
}

const pick = (data, wanted) => Object.fromEntries(Object.entries(data).filter(([field]) => wanted(field)))

/** The hash of an event, from the hash before it and the event as exported. */
export function hashOf(previous, { hash: _, personal, redacted: __, ...event }) {
  if (personal === undefined) return sha256(previous + canonical(event))
  const data = pick(event.data, (field) => !personal.fields.includes(field))
  return sha256(previous + canonical({ ...event, data, personal_sha256: personal.sha256 }))
}

/** Personal data must be what its hash says; where it is gone, a later event must say that it was erased. */
function isPersonalIntact({ seq, data, personal }, erasedBy) {
  if (personal === undefined) return true
  if (personal.salt === null) return personal.fields.length === 0 && erasedBy.get(seq) > seq
  return sha256(personal.salt + canonical(pick(data, (field) => personal.fields.includes(field)))) === personal.sha256
}

/** The number of the first event that was changed, added or is missing; null for a log that is intact. */
export function firstBroken(lines) {
  const records = lines.map((line) => JSON.parse(line))
  const events = records.filter(({ object }) => object === 'event')
  const checkpoints = new Map(
    records.filter(({ object }) => object === 'checkpoint').map(({ seq, hash }) => [seq, hash]),
  )
  const erasedBy = new Map()
  for (const { type, seq, data } of events) {
    if (type.endsWith('.erased') && Array.isArray(data.erased))
      for (const erased of data.erased) erasedBy.set(erased, seq)
  }
  let previous = '0'.repeat(64)
  for (const [index, event] of events.entries()) {
    const isIntact =
      event.seq === index + 1 &&
      hashOf(previous, event) === event.hash &&
      isPersonalIntact(event, erasedBy) &&
      (checkpoints.get(event.seq) ?? event.hash) === event.hash
    if (!isIntact) return index + 1
    previous = event.hash
  }
  return Math.max(0, ...checkpoints.keys()) > events.length ? events.length + 1 : null
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const lines = readFileSync(process.argv[2], 'utf8').trimEnd().split('\n')
  const broken = firstBroken(lines)
  console.log(broken === null ? 'The log is intact.' : `Event ${broken} was changed, added or is missing.`)
  process.exitCode = broken === null ? 0 : 1
}
