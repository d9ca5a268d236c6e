import { Hono } from 'hono'
import { csrf } from 'hono/csrf'
import type { PortalEnvironment } from '../environment.ts'
import { pageHeaders } from '../page-headers.ts'
import { notFoundPage, refusedPage } from '../refused-page.tsx'
import { sectionsFor } from '../shell/sections.ts'
import { signedIn } from '../visitor.ts'
import { foresee, inOrganization } from '../workplace.ts'
import { apiKeyRoutes } from './api-keys/api-key-routes.tsx'
import { auditLogRoutes } from './audit-log/audit-log-routes.tsx'
import { inviteRoutes } from './invite/invite-routes.tsx'
import { memberRoutes, membersQuestion } from './members/member-routes.tsx'
import { pendingRoutes } from './members/pending-routes.tsx'
import { roleRoutes } from './roles/role-routes.tsx'
import { SEATS_QUESTION, seatsRoutes } from './seats/seats-routes.tsx'
import { settingsRoutes } from './settings/settings-routes.tsx'

const ORGANIZATION = '/o/:organization'

/** The pages of one organization. What stands in them is the organization's own answer to the person who asks. */
export const organizationRoutes = new Hono<PortalEnvironment>()

organizationRoutes.get(`${ORGANIZATION}/members`, foresee(membersQuestion))
organizationRoutes.get(
  `${ORGANIZATION}/members/invite`,
  foresee(() => ({ type: 'ViewTeam', roster: null })),
)
organizationRoutes.get(
  `${ORGANIZATION}/seats`,
  foresee(() => SEATS_QUESTION),
)
organizationRoutes.get(
  `${ORGANIZATION}/roles`,
  foresee(() => ({ type: 'ListRoles' })),
)
organizationRoutes.use(`${ORGANIZATION}/*`, pageHeaders, csrf(), signedIn, inOrganization)

organizationRoutes.get(ORGANIZATION, async (c) => {
  const { workplace } = c.var
  const [first] = sectionsFor(workplace)
  if (first === undefined) return refusedPage(c, { code: 'forbidden', permission: 'members:read' })
  return c.redirect(`${workplace.path}${first.path}`)
})
organizationRoutes.route(`${ORGANIZATION}/members/invite`, inviteRoutes)
organizationRoutes.route(`${ORGANIZATION}/members/invitations`, pendingRoutes)
organizationRoutes.route(`${ORGANIZATION}/members`, memberRoutes)
organizationRoutes.route(`${ORGANIZATION}/roles`, roleRoutes)
organizationRoutes.route(`${ORGANIZATION}/api-keys`, apiKeyRoutes)
organizationRoutes.route(`${ORGANIZATION}/audit-log`, auditLogRoutes)
organizationRoutes.route(`${ORGANIZATION}/settings`, settingsRoutes)
organizationRoutes.route(`${ORGANIZATION}/seats`, seatsRoutes)
organizationRoutes.all(`${ORGANIZATION}/*`, notFoundPage)
