import { createHash } from 'node:crypto'

/*
 * The hash chain of the log as the documentation describes it, written anew: SHA-256 over the hash before and the event
 * without its own, as canonical JSON.
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
