import type { EventData, EventDraft } from './event.ts'

/* What is left of a person whose account is deleted: rows and log entries that say nothing about them. */

/** No real email address, now or later (RFC 2606, section 2), and a different one for each person. */
const NOWHERE = '@deleted.invalid'
export const erasedAddress = (userId: string): string => `${userId}${NOWHERE}`
export const isErasedAddress = (email: string): boolean => email.endsWith(NOWHERE)

/** Later than every revision of an account: nothing of it comes back. */
export const ERASED_REVISION = Number.MAX_SAFE_INTEGER

/** Fields of entries about members and invitations that describe the organization. All others are personal. */
const IMPERSONAL: ReadonlySet<string> = new Set([
  'role',
  'source',
  'status',
  'member_id',
  'send_count',
  'expires_at',
  'reason',
  'erased',
])

/** Splits the data of an entry, so that the personal part can be erased later. Null: nothing in it is personal. */
export function splitPersonal({ target, data }: EventDraft): { data: EventData; personal: EventData | null } {
  const isAboutPerson = target.type === 'member' || target.type === 'invitation'
  const isPersonal = ([key, value]: readonly [string, unknown]) =>
    isAboutPerson && value !== null && !IMPERSONAL.has(key)
  const fields = Object.entries(data)
  const personal = fields.filter(isPersonal)
  if (personal.length === 0) return { data, personal: null }
  return {
    data: Object.fromEntries(fields.filter((field) => !isPersonal(field))),
    personal: Object.fromEntries(personal),
  }
}
