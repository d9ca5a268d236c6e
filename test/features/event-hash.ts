import { createHash } from 'node:crypto'

/*
 * The hash chain of the log as the documentation describes it, written anew: SHA-256 over the hash before and the event
 * without its own, as canonical JSON. An entry that was redacted is what a later one, `*.erased`, gives the hash of.
 */

export const CHAIN_START = '0'.repeat(64)

export const hashOf = (previous: string, event: object): string =>
  createHash('sha256')
    .update(previous + canonical(event))
    .digest('hex')

/** RFC 8785: members sorted by their UTF-16 code units, no white space, strings and numbers as JSON.stringify has them. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`
}

/** The number of the first entry of an export that is not what it was, or not what it was redacted to; null when all are. */
export function firstBroken(lines: readonly string[]): number | null {
  const events = lines.map((line) => JSON.parse(line))
  const redactions = new Map<number, string>()
  for (const { type, seq: by, data } of events) {
    if (!type.endsWith('.erased') || !Array.isArray(data.redacted)) continue
    for (const { seq, sha256 } of data.redacted) if (seq < by) redactions.set(seq, sha256)
  }
  let previous = CHAIN_START
  for (const [index, event] of events.entries()) {
    const { hash, ...content } = event
    const isItself = event.redacted
      ? redactions.get(event.seq) === hashOf('', event)
      : hash === hashOf(previous, content)
    if (event.seq !== index + 1 || !isItself) return index + 1
    previous = hash
  }
  return null
}
