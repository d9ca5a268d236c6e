import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type * as contract from '../contract/resources.ts'
import type { OrganizationEvent } from '../membership/event.ts'

/** What the first event of an organization follows. */
export const CHAIN_START = '0'.repeat(64)

type Unsealed = Omit<OrganizationEvent, 'hash' | 'redacted'>

/**
 * SHA-256 (hexadecimal) over the previous hash and the canonical JSON (RFC 8785) of the event as the API shows it, without
 * its own hash. So anyone who holds an export can recompute the chain.
 */
export const chainHash = (previous: string, event: Unsealed): string => sha256(previous, shown(event))

/** SHA-256 (hexadecimal) over the canonical JSON of a redacted event exactly as the API shows it. */
export const entryHash = (event: OrganizationEvent): string =>
  sha256('', { ...shown(event), redacted: true, hash: event.hash })

/** The event as the API and exports show it. */
export const shownEvent = (event: OrganizationEvent): contract.Event => ({
  ...shown(event),
  ...(event.redacted ? { redacted: true } : {}),
  hash: event.hash,
})

const shown = (event: Unsealed): Omit<contract.Event, 'hash' | 'redacted'> => ({
  object: 'event',
  id: event.id,
  organization_id: event.organizationId,
  seq: event.seq,
  type: event.type,
  occurred_at: new Date(event.occurredAt).toISOString(),
  actor: { type: event.actor.type, id: event.actor.id },
  via: event.actor.via ? { type: event.actor.via.type, id: event.actor.via.id } : null,
  target: { type: event.target.type, id: event.target.id },
  data: event.data,
})

const sha256 = (prefix: string, content: object): string => hash('sha256', `${prefix}${canonicalize(content)}`, 'hex')
