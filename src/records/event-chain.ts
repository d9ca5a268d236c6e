import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { OrganizationEvent } from '../membership/event.ts'

/** What the first event of an organization follows. */
export const CHAIN_START = '0'.repeat(64)

type Unsealed = Omit<OrganizationEvent, 'hash'>

/**
 * SHA-256 (hexadecimal) over the previous hash and the canonical JSON (RFC 8785) of the event as the API shows it, without
 * its own hash. So anyone who holds an export can recompute the chain.
 */
export function chainHash(previous: string, event: Unsealed): string {
  const shown = {
    object: 'event',
    id: event.id,
    organization_id: event.organizationId,
    seq: event.seq,
    type: event.type,
    occurred_at: new Date(event.occurredAt).toISOString(),
    actor: { type: event.actor.type, id: event.actor.id },
    target: { type: event.target.type, id: event.target.id },
    data: event.data,
  }
  return createHash('sha256')
    .update(previous)
    .update(canonicalize(shown) ?? '')
    .digest('hex')
}
