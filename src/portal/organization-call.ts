import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { originOf } from '../accounts/authentication-log.ts'
import { sessionAnew } from '../accounts/session-cache.ts'
import { personCaller, type UserCaller } from '../membership/actor.ts'
import { isFresh } from '../membership/authority.ts'
import type { Command } from '../membership/commands.ts'
import type { Query } from '../membership/queries.ts'
import { organizationClient } from '../organization/client.ts'
import type { AnsweredQuery, ExecutedCommand } from '../organization/requests.ts'
import type { PortalEnvironment } from './environment.ts'
import { FreshProofMissing } from './fresh-proof-missing.ts'

/** Asks the organization whose page this is, as the person who looks at it; not again what was asked on the way. */
export async function ask<Q extends Query>(c: Context<PortalEnvironment>, query: Q): Promise<AnsweredQuery<Q>> {
  const { id, foreseen } = c.var.workplace
  const isKnown = foreseen !== null && JSON.stringify(foreseen.query) === JSON.stringify(query)
  if (isKnown) return foreseen.answer as AnsweredQuery<Q>
  return organizationClient(c.env.ORGANIZATION, id).read(callerOf(c), query)
}

/** What the answer to a form is kept under, so that sending it again does nothing again. */
export interface FormOnce {
  /** That the form carries. */
  readonly key: string
  /** What it asks for: another form under the same key is refused. */
  readonly content: string
}

/** Has it done, if this person may. Throws `FreshProofMissing` where a code has to be typed first. */
export async function carryOut<C extends Command>(
  c: Context<PortalEnvironment>,
  command: C,
  once?: FormOnce,
): Promise<ExecutedCommand<C>> {
  const client = organizationClient(c.env.ORGANIZATION, c.var.workplace.id)
  const idempotency = once && {
    key: hash(['portal', c.var.visitor.user.id, once.key]),
    fingerprint: hash([once.content]),
  }
  const conditions = idempotency === undefined ? {} : { idempotency }
  const executed = await client.execute({ caller: callerOf(c), command, ...conditions })
  if (executed.ok || executed.error.code !== 'reauthentication_required') return executed
  const caller = await callerAnew(c)
  if (caller === null) throw new FreshProofMissing()
  return client.execute({ caller, command, ...conditions })
}

export const callerOf = (c: Context<PortalEnvironment>) => {
  const { user, session } = c.var.visitor
  return personCaller(user.id, session.authenticatedAt, c.var.settings, originOf(c))
}

/** With a proof that was given elsewhere a moment ago; null if there is none. */
export async function callerAnew(c: Context<PortalEnvironment>): Promise<UserCaller | null> {
  const now = Date.now()
  const session = await sessionAnew(c.env.DIRECTORY, c.var.visitor.session, now)
  const caller = session && personCaller(session.userId, session.authenticatedAt, c.var.settings, originOf(c))
  return caller !== null && isFresh(caller, now) ? caller : null
}

const hash = (parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex')
