import type { Context } from 'hono'
import type { Command } from '../membership/commands.ts'
import type { Query } from '../membership/queries.ts'
import { organizationClient } from '../organization/client.ts'
import type { AnsweredQuery, ExecutedCommand } from '../organization/requests.ts'
import type { PortalEnvironment } from './environment.ts'

/** Asks the organization whose page this is, as the person who looks at it. */
export const ask = <Q extends Query>(c: Context<PortalEnvironment>, query: Q): Promise<AnsweredQuery<Q>> =>
  organizationClient(c.env.ORGANIZATION, c.var.workplace.id).read(callerOf(c), query)

/** Has it done, if this person may. */
export const carryOut = <C extends Command>(c: Context<PortalEnvironment>, command: C): Promise<ExecutedCommand<C>> =>
  organizationClient(c.env.ORGANIZATION, c.var.workplace.id).execute({ caller: callerOf(c), command })

const callerOf = (c: Context<PortalEnvironment>) => ({ type: 'user', userId: c.var.visitor.user.id }) as const
