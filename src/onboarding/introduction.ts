import { readDefinitions } from '../accounts/attributes.ts'
import { announcePersonChange } from '../accounts/people.ts'
import { type User, type UserChanges, updateUser } from '../accounts/users.ts'
import { actorOf, type UserCaller } from '../membership/actor.ts'
import {
  type AttributesRequired,
  type AttributeValues,
  checkedAttributes,
  type InvalidAttributes,
  missingAttributes,
  type NamedAttributes,
} from '../membership/attributes.ts'
import { ok, type Result, refuse } from '../membership/result.ts'

/** What people say of themselves when they join. Absent: they say nothing of it. */
export interface Introduction {
  readonly name?: string | undefined
  readonly attributes?: NamedAttributes | undefined
}

export type IntroductionRefusal = InvalidAttributes | AttributesRequired

/** What is to be changed of an account with these values, once it is certain that nothing required is missing. */
export async function checkedIntroduction(
  accounts: D1Database,
  values: AttributeValues,
  { name, attributes = {} }: Introduction,
): Promise<Result<UserChanges, IntroductionRefusal>> {
  const definitions = await readDefinitions(accounts)
  const checked = checkedAttributes(definitions, attributes, { by: 'user' })
  if (!checked.ok) return checked
  const missing = missingAttributes(definitions, { ...values, ...checked.value })
  if (missing.length > 0) return refuse({ code: 'attributes_required', attributes: missing })
  const isSaid = Object.keys(checked.value).length > 0
  return ok({ ...(name === undefined ? {} : { name }), ...(isSaid ? { attributes: checked.value } : {}) })
}

interface Bindings {
  readonly ACCOUNTS: D1Database
  readonly PEOPLE_QUEUE: Queue
}

/** The account of whoever introduces themselves, once nothing that is required of them is missing. */
export async function introduce(
  bindings: Bindings,
  user: User,
  introduction: Introduction,
): Promise<Result<User, IntroductionRefusal | { readonly code: 'unauthenticated' }>> {
  const said = await checkedIntroduction(bindings.ACCOUNTS, user.attributes, introduction)
  if (!said.ok) return said
  const account = await introduced(bindings, user, said.value)
  return account === null ? refuse({ code: 'unauthenticated' }) : ok(account)
}

/** The account with what its person has said, which all their organizations follow. Null: it has gone, or is about to. */
export async function introduced(
  bindings: Bindings,
  user: User,
  changes: UserChanges,
  caller: UserCaller = { type: 'user', userId: user.id },
): Promise<User | null> {
  if (Object.keys(changes).length === 0) return user
  const updated = await updateUser(bindings.ACCOUNTS, user.id, changes, actorOf(caller))
  if (updated !== null) await announcePersonChange(bindings.PEOPLE_QUEUE, user.id)
  return updated
}
