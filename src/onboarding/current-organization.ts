import { moveSession } from '../accounts/session-cache.ts'
import type { Session } from '../accounts/sessions.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { organizationClient } from '../organization/client.ts'
import { failureOf } from '../records/failure.ts'
import type { Bindings } from './create-organization.ts'

export type EnterRefusal =
  | { readonly code: 'not_found'; readonly resource: 'organization' }
  /** It has ended meanwhile. */
  | { readonly code: 'unauthenticated' }

const ORGANIZATIONS_AT_ONCE = 10

/** From now on the person works there, by this session; null for nowhere. Only active members do, as the organization knows. */
export async function enterOrganization(
  { ACCOUNTS, ORGANIZATION }: Bindings,
  session: Session,
  organizationId: string | null,
  now: number,
): Promise<Result<Session, EnterRefusal>> {
  const isOpen = organizationId === null || (await isActiveMember(ORGANIZATION, session, organizationId))
  if (!isOpen) return refuse({ code: 'not_found', resource: 'organization' })
  const moved = await moveSession(ACCOUNTS, session, organizationId, now)
  return moved === null ? refuse({ code: 'unauthenticated' }) : ok(moved)
}

/**
 * Sessions of one person, without the organizations where the person is no longer an active member. If an organization is
 * out of reach, its sessions keep it: it is only a name here, and the organization itself decides about every call.
 */
export async function withoutLeftOrganizations(
  { ORGANIZATION }: Pick<Bindings, 'ORGANIZATION'>,
  sessions: readonly Session[],
): Promise<Session[]> {
  const chosen = new Map(sessions.flatMap((one) => (one.organizationId === null ? [] : [[one.organizationId, one]])))
  const rest = [...chosen]
  const left = new Set<string>()
  while (rest.length > 0) {
    const asked = rest.splice(0, ORGANIZATIONS_AT_ONCE).map(async ([id, session]) => {
      if (await hasLeft(ORGANIZATION, session, id)) left.add(id)
    })
    await Promise.all(asked)
  }
  return sessions.map((session) =>
    left.has(session.organizationId ?? '') ? { ...session, organizationId: null } : session,
  )
}

async function hasLeft(namespace: Bindings['ORGANIZATION'], session: Session, organizationId: string) {
  try {
    return !(await isActiveMember(namespace, session, organizationId))
  } catch (error) {
    console.warn({
      message: 'organization of a session not asked',
      organization: organizationId,
      error: failureOf(error),
    })
    return false
  }
}

async function isActiveMember(
  namespace: Bindings['ORGANIZATION'],
  { userId }: Session,
  organizationId: string,
): Promise<boolean> {
  const client = organizationClient(namespace, organizationId)
  const asked = await client.read({ type: 'user', userId }, { type: 'GetAccess', userId, permission: null })
  return asked.ok && asked.value.allowed
}
