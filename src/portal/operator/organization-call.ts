import type { Context } from 'hono'
import type { Command } from '../../membership/commands.ts'
import type { Query } from '../../membership/queries.ts'
import { organizationClient } from '../../organization/client.ts'
import type { AnsweredQuery, ExecutedCommand } from '../../organization/requests.ts'
import type { PortalEnvironment } from '../environment.ts'

type Call = Context<PortalEnvironment>

/** Asks an organization as the operator. */
export const ask = <Q extends Query>(c: Call, organizationId: string, query: Q): Promise<AnsweredQuery<Q>> =>
  organizationClient(c.env.ORGANIZATION, organizationId).read(c.var.operator, query)

/** Has it done as the operator, who may do everything that breaks no invariant. */
export const carryOut = <C extends Command>(c: Call, organizationId: string, command: C): Promise<ExecutedCommand<C>> =>
  organizationClient(c.env.ORGANIZATION, organizationId).execute({ caller: c.var.operator, command })
