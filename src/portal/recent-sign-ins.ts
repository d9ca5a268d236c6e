import type { Context } from 'hono'
import { listSignIns, type SignInEntry, type SignInsQuery } from '../accounts/sign-in-list.ts'
import { failureOf } from '../records/failure.ts'
import type { PortalEnvironment } from './environment.ts'

const SHOWN = 20

/** The newest entries for a page that shows more than these; null while the log is out of reach. */
export async function recentSignIns(
  c: Context<PortalEnvironment>,
  whose: Pick<SignInsQuery, 'userId' | 'organizationId'>,
): Promise<readonly SignInEntry[] | null> {
  try {
    const listed = await listSignIns(c.env.LOGS, { ...whose, page: { limit: SHOWN, cursor: null } })
    return listed.ok ? listed.value.items : null
  } catch (error) {
    console.warn({ message: 'authentication log out of reach', error: failureOf(error) })
    return null
  }
}
