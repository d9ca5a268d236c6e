import type { Context } from 'hono'
import type { Outlook } from '../../../membership/offers.ts'
import type { Team } from '../../../membership/queries.ts'
import type { PortalEnvironment } from '../../environment.ts'

/** A team as the person sees it who looks. */
export const outlookOf = (
  c: Context<PortalEnvironment>,
  { organization, roles, seats, activeOwners }: Team,
): Outlook => ({
  ...{ organization, roles, seats, activeOwners },
  permissions: c.var.workplace.permissions,
})
