import type { EventData, EventValue, OrganizationEvent } from './event.ts'

/* What is left of a person whose account is deleted: rows and entries of the log that say nothing about them. */

/** Stands in the log where something personal stood. */
export const ERASED = '[erased]'

/** No address of anyone, now or ever (RFC 2606, section 2), and another one for each person. */
const NOWHERE = '@deleted.invalid'
export const erasedAddress = (userId: string): string => `${userId}${NOWHERE}`
export const isErasedAddress = (email: string): boolean => email.endsWith(NOWHERE)

/** Later than every revision of an account: nothing of it comes back. */
export const ERASED_REVISION = Number.MAX_SAFE_INTEGER

/** What entries about members and invitations say that is about the organization. Everything else goes. */
const IMPERSONAL: ReadonlySet<string> = new Set([
  'role',
  'source',
  'status',
  'member_id',
  'send_count',
  'expires_at',
  'redacted',
])

/** The entry without anything personal; null when there is nothing in it. Its hash stays: the chain goes on from it. */
export function redact(entry: OrganizationEvent): OrganizationEvent | null {
  const data: EventData = Object.fromEntries(
    Object.entries(entry.data).map(([key, value]) => [key, IMPERSONAL.has(key) ? value : erased(value)]),
  )
  return JSON.stringify(data) === JSON.stringify(entry.data) ? null : { ...entry, data, redacted: true }
}

/** What was there, in shape: null and the names of fields tell nothing. */
function erased(value: EventValue): EventValue {
  if (value === null) return null
  if (Array.isArray(value)) return value.map(erased)
  if (typeof value !== 'object') return ERASED
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, erased(inner)]))
}
