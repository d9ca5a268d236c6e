import { findOrCreateVerifiedUser, type User, userOfEmail } from '../accounts/users.ts'
import { directoriesOf } from '../directory/directories.ts'
import { hasPendingInvitation } from '../directory/invitations-of-address.ts'
import { currentSettings } from '../directory/settings.ts'
import { ok, type Result, refuse } from '../membership/result.ts'

interface Bindings {
  readonly ACCOUNTS: D1Database
  readonly DIRECTORY: D1Database
}

/** The account of an address that is proven to be theirs; made where people may sign up, or where somebody waits for them. */
export async function provenAccount(
  bindings: Bindings,
  email: string,
  name: string | null,
  now: number,
): Promise<Result<User, { readonly code: 'sign_up_disabled' }>> {
  const isWelcome =
    (await userOfEmail(bindings.ACCOUNTS, email)) !== null ||
    (await currentSettings(bindings.ACCOUNTS)).sign_up_enabled ||
    (await hasPendingInvitation(directoriesOf(bindings), email, now))
  return isWelcome
    ? ok(await findOrCreateVerifiedUser(bindings.ACCOUNTS, email, name))
    : refuse({ code: 'sign_up_disabled' })
}
