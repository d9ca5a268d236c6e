import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type * as contract from '../contract/resources.ts'
import { type EventData, isErased, type OrganizationEvent } from '../membership/event.ts'

/** What the first event of an organization follows. */
export const CHAIN_START = '0'.repeat(64)

type Unsealed = Omit<OrganizationEvent, 'hash'>

/**
 * SHA-256 (hexadecimal) over the previous hash and the canonical JSON (RFC 8785) of the event as the API shows it, without
 * its own hash and with `personal_sha256` in place of the personal data. So anyone who holds an export can recompute the
 * chain, and erasing personal data breaks no hash.
 */
export function chainHash(previous: string, event: Unsealed): string {
  const { personal } = event
  const data = personal === null ? event.data : without(event.data, personal.fields)
  return sha256(previous, { ...impersonal(event), data, ...(personal && { personal_sha256: personal.sha256 }) })
}

/** SHA-256 (hexadecimal) over the salt and the canonical JSON (RFC 8785) of the personal fields. */
export const personalHash = (salt: string, personal: EventData): string => sha256(salt, personal)

/** Whether the personal data of the event, if it still has any, is what its hash says. */
export function matchesPersonalHash({ data, personal }: Pick<OrganizationEvent, 'data' | 'personal'>): boolean {
  if (personal === null) return true
  if (personal.salt === null) return personal.fields.length === 0
  const fields = Object.entries(data).filter(([field]) => personal.fields.includes(field))
  return personalHash(personal.salt, Object.fromEntries(fields)) === personal.sha256
}

/** The event as the API and exports show it. */
export const shownEvent = (event: OrganizationEvent): contract.Event => ({
  ...impersonal(event),
  data: event.data,
  ...(event.personal && { personal: { ...event.personal, fields: [...event.personal.fields] } }),
  ...(isErased(event) && { redacted: true }),
  hash: event.hash,
})

const impersonal = (event: Unsealed) => ({
  object: 'event' as const,
  id: event.id,
  organization_id: event.organizationId,
  seq: event.seq,
  type: event.type,
  occurred_at: new Date(event.occurredAt).toISOString(),
  actor: { type: event.actor.type, id: event.actor.id },
  via: event.actor.via ? { type: event.actor.via.type, id: event.actor.via.id } : null,
  target: { type: event.target.type, id: event.target.id },
})

const without = (data: EventData, fields: readonly string[]): EventData =>
  Object.fromEntries(Object.entries(data).filter(([field]) => !fields.includes(field)))

const sha256 = (prefix: string, content: object): string => hash('sha256', `${prefix}${canonicalize(content)}`, 'hex')
