import { logOf, type RequestContext } from '../accounts/authentication-log.ts'
import type { Session } from '../accounts/sessions.ts'
import { directoryOf } from '../directory/directories.ts'
import { isActiveMember } from '../directory/memberships.ts'

interface SignInContext extends RequestContext {
  readonly env: RequestContext['env'] & { readonly ACCOUNTS: D1Database; readonly DIRECTORY: D1Database }
}

/**
 * Notes a new session. It starts in the organization where the person was last, and they may have left that since: only a
 * member is noted as having entered it, because those who read the organization's log see the entry.
 */
export function logSignIn(c: SignInContext, { id: sessionId, userId, method, organizationId }: Session): void {
  const note = (reached: string | null) =>
    logOf(c).note({ type: 'signed_in', userId, sessionId, method, organizationId: reached })
  if (organizationId === null) note(null)
  else c.executionCtx.waitUntil(reachedBy(c.env, userId, organizationId).then(note))
}

async function reachedBy(env: SignInContext['env'], userId: string, organizationId: string): Promise<string | null> {
  try {
    const directory = await directoryOf(env, organizationId)
    return directory !== null && (await isActiveMember(directory, userId, organizationId)) ? organizationId : null
  } catch {
    return null
  }
}

/** Notes that an active member of an organization works there from now on. */
export function logEntry(
  c: RequestContext,
  { id: sessionId, userId, organizationId: before }: Session,
  organizationId: string,
): void {
  if (before !== organizationId) logOf(c).note({ type: 'organization_entered', userId, sessionId, organizationId })
}

/** Notes the session that accepting an invitation began, in the organization that they have just joined. */
export function logArrival(c: RequestContext, { id: sessionId, userId, method, organizationId }: Session): void {
  logOf(c).note({ type: 'signed_in', userId, sessionId, method, organizationId })
}
