import type { Context } from 'hono'
import { readDefinitions } from '../accounts/attributes.ts'
import { announcePersonChange } from '../accounts/people.ts'
import { type UserChanges, updateUser } from '../accounts/users.ts'
import type { Actor } from '../membership/actor.ts'
import { checkedAttributes, type NamedAttributes } from '../membership/attributes.ts'
import type { HttpEnvironment } from './environment.ts'
import * as present from './present.ts'
import { problem } from './problems.ts'

interface WantedChanges extends Omit<UserChanges, 'attributes'> {
  readonly attributes?: NamedAttributes | undefined
}

/** Changes an account as far as whoever asks may, and sets its organizations on to follow. */
export async function changeUser(
  c: Context<HttpEnvironment>,
  userId: string,
  { attributes = {}, ...changes }: WantedChanges,
  actor: Actor,
): Promise<Response> {
  const { DIRECTORY, PEOPLE_QUEUE } = c.env
  const definitions = await readDefinitions(DIRECTORY)
  const by = actor.type === 'operator' ? 'operator' : 'user'
  const checked = checkedAttributes(definitions, attributes, { by })
  if (!checked.ok) return problem(c, checked.error)
  const user = await updateUser(DIRECTORY, userId, { ...changes, attributes: checked.value }, actor)
  if (user === null) return problem(c, { code: 'user_not_found' })
  await announcePersonChange(PEOPLE_QUEUE, user.id)
  return c.json(present.user(definitions)(user))
}
