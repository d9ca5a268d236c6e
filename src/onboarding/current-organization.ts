import { moveSession } from '../accounts/session-cache.ts'
import type { Session } from '../accounts/sessions.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { organizationClient } from '../organization/client.ts'
import type { Bindings } from './create-organization.ts'

export type EnterRefusal =
  | { readonly code: 'not_found'; readonly resource: 'organization' }
  /** It has ended meanwhile. */
  | { readonly code: 'unauthenticated' }

/** From now on the person works there, by this session; null for nowhere. Only active members do, as the organization knows. */
export async function enterOrganization(
  { DIRECTORY, ORGANIZATION }: Bindings,
  session: Session,
  organizationId: string | null,
  now: number,
): Promise<Result<Session, EnterRefusal>> {
  const isOpen = organizationId === null || (await isActiveMember(ORGANIZATION, session, organizationId))
  if (!isOpen) return refuse({ code: 'not_found', resource: 'organization' })
  const moved = await moveSession(DIRECTORY, session, organizationId, now)
  return moved === null ? refuse({ code: 'unauthenticated' }) : ok(moved)
}

/** The sessions as they stand: people who are no active members of an organization any more do not work there. */
export async function asTheyStand(
  { ORGANIZATION }: Pick<Bindings, 'ORGANIZATION'>,
  sessions: readonly Session[],
): Promise<Session[]> {
  const chosen = new Map(sessions.flatMap((one) => (one.organizationId === null ? [] : [[one.organizationId, one]])))
  const asked = [...chosen].map(async ([id, session]) => [id, await isActiveMember(ORGANIZATION, session, id)] as const)
  const isOpen = new Map(await Promise.all(asked))
  return sessions.map((session) =>
    isOpen.get(session.organizationId ?? '') === true ? session : { ...session, organizationId: null },
  )
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
