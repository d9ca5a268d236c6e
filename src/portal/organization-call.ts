import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { withOrigin } from '../accounts/authentication-log.ts'
import { type Caller, personCaller } from '../membership/actor.ts'
import type { Command } from '../membership/commands.ts'
import type { Query } from '../membership/queries.ts'
import { freshCaller } from '../onboarding/fresh-proof.ts'
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

/** Runs a command as the visitor. Throws `FreshProofMissing` where a code has to be typed first. */
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
  const executeAs = (by: Caller) => client.execute({ caller: withOrigin(c, by), command, ...conditions })
  const executed = await executeAs(callerOf(c))
  if (executed.ok || executed.error.code !== 'reauthentication_required') return executed
  const caller = await freshCaller(c.env.ACCOUNTS, c.var.visitor.session)
  if (caller === null) throw new FreshProofMissing()
  return executeAs(caller)
}

export const callerOf = (c: Context<PortalEnvironment>) => {
  const { user, session } = c.var.visitor
  return personCaller(user.id, session.authenticatedAt, c.var.settings)
}

const hash = (parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex')
