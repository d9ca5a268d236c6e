import { hasClaims, releaseOldClaims } from '../directory/claims.ts'
import { directoriesOf } from '../directory/directories.ts'
import { eraseOrganization, forgetOrganization, hasRows } from '../directory/erasure.ts'
import { noteAnswers } from '../directory/waiting-organizations.ts'
import { organizationClient } from '../organization/client.ts'
import type { Bindings } from './create-organization.ts'

/**
 * For an organization that says it does not exist. A database that was restored to an earlier time may have brought back rows
 * and claims of an organization that was erased since: they are removed. A young claim may belong to a creation that is
 * under way: then nothing is touched.
 */
export async function forgetAbsent(bindings: Bindings, id: string): Promise<void> {
  const { ACCOUNTS, ORGANIZATION } = bindings
  // An object that is erasing itself still exists: if that fails, its rows are what cron finds it by.
  const { exists } = await organizationClient(ORGANIZATION, id).wake()
  if (exists) return
  const now = Date.now()
  await releaseOldClaims(ACCOUNTS, id, now)
  if (await hasClaims(ACCOUNTS, id)) return
  for (const { database } of directoriesOf(bindings)) {
    if (!(await hasRows(database, id))) continue
    await eraseOrganization(database, id, now)
    await forgetOrganization(database, id)
  }
  await noteAnswers(ACCOUNTS, [{ organizationId: id, directorySince: null, mailSince: null }], now)
}
