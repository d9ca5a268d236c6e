import type { Context } from 'hono'
import { readDefinitions } from '../accounts/attributes.ts'
import { logOf } from '../accounts/authentication-log.ts'
import { announcePersonChange } from '../accounts/people.ts'
import { getUser, type UserChanges, updateUser } from '../accounts/users.ts'
import type { Actor } from '../membership/actor.ts'
import { checkedAttributes, type NamedAttributes } from '../membership/attributes.ts'
import { setAddress } from '../onboarding/change-address.ts'
import type { HttpEnvironment } from './environment.ts'
import * as present from './present.ts'
import { problem } from './problems.ts'

interface WantedChanges extends Omit<UserChanges, 'attributes'> {
  readonly attributes?: NamedAttributes | undefined
  /** Only the operator may set an address without proof of it. */
  readonly email?: string | undefined
}

/** Changes an account as far as whoever asks may, and sets its organizations on to follow. */
export async function changeUser(
  c: Context<HttpEnvironment>,
  userId: string,
  { attributes = {}, email, ...changes }: WantedChanges,
  actor: Actor,
): Promise<Response> {
  const { ACCOUNTS, PEOPLE_QUEUE } = c.env
  const definitions = await readDefinitions(ACCOUNTS)
  const by = actor.type === 'operator' ? 'operator' : 'user'
  const checked = checkedAttributes(definitions, attributes, { by })
  if (!checked.ok) return problem(c, checked.error)
  if (email !== undefined) {
    const before = await getUser(ACCOUNTS, userId)
    if (before === null) return problem(c, { code: 'user_not_found' })
    const address = { email, verified: changes.emailVerified ?? false }
    const moved = await setAddress(c.env, before, address, { actor, log: logOf(c) }, Date.now())
    if (!moved.ok) return moved.error.code === 'email_taken' ? problem(c, moved.error) : unchangeable(c, userId)
  }
  const user = await updateUser(ACCOUNTS, userId, { ...changes, attributes: checked.value }, actor)
  if (user === null) return unchangeable(c, userId)
  await announcePersonChange(PEOPLE_QUEUE, user.id)
  return c.json(present.user(definitions)(user))
}

/** Nothing of an account changes any more while it is being deleted. */
async function unchangeable(c: Context<HttpEnvironment>, userId: string): Promise<Response> {
  const user = await getUser(c.env.ACCOUNTS, userId)
  return problem(c, { code: user === null ? 'user_not_found' : 'account_closing' })
}
