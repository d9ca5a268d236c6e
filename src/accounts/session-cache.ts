import { IsolateCache, put } from './isolate-cache.ts'
import {
  chooseOrganization,
  findSession,
  noteSessionProof,
  readSession,
  type Session,
  sessionHash,
} from './sessions.ts'

const sessions = new IsolateCache<Session>('session', { endsForGood: true })

/** The session of a token, at most five seconds old; null when it is over. Throws while it cannot be looked up. */
export async function currentSession(accounts: D1Database, token: string, now: number): Promise<Session | null> {
  const hash = hashOf(token)
  const session = await sessions.current(accounts, hash, now, () => findSession(accounts, hash, now))
  if (session === null || now >= session.expiresAt) return null
  if (!hashes.has(token)) put(hashes, token, hash)
  return session
}

/**
 * Hashes of tokens of living sessions. Computing one takes longer than all the rest of finding a known session. Memory holds a
 * token in use anyway.
 */
const hashes = new Map<string, string>()

const hashOf = (token: string): string => hashes.get(token) ?? sessionHash(token)

/** Where the person works from now on, here with the very next request. Null: the session is over. */
export async function moveSession(
  accounts: D1Database,
  session: Session,
  organizationId: string | null,
  now: number,
): Promise<Session | null> {
  const tokenHash = await chooseOrganization(accounts, session, organizationId)
  if (tokenHash === null) return null
  const moved = { ...session, organizationId }
  sessions.replace(accounts, tokenHash, moved, now)
  return moved
}

/** The session with its fresh proof, which counts here from the next request. Null: see `noteSessionProof`. */
export async function proveSession(
  accounts: D1Database,
  proof: Parameters<typeof noteSessionProof>[1],
  now: number,
): Promise<Session | null> {
  const proven = await noteSessionProof(accounts, proof, now)
  if (proven === null) return null
  // By the time after the write, so that a read which began before it is the older one.
  sessions.replace(accounts, proven.tokenHash, proven.session, Date.now())
  return proven.session
}

/**
 * Reads the session again, before a person is asked for a proof: the cache may miss for up to five seconds that another
 * isolate took one.
 */
export async function rereadSession(accounts: D1Database, { id }: Session, now: number): Promise<Session | null> {
  const read = await readSession(accounts, id, now)
  if (read === null) return null
  sessions.remember(accounts, read.tokenHash, read.session, now)
  return read.session
}

/** To be called with what a revocation answers, so that it counts here with the very next request. */
export function forgetRevoked(accounts: D1Database, tokenHashes: readonly string[], now: number): void {
  for (const hash of tokenHashes) sessions.end(accounts, hash, now)
}
