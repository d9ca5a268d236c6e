import { Hono } from 'hono'
import { csrf } from 'hono/csrf'
import type { PortalEnvironment } from '../environment.ts'
import { pageHeaders } from '../page-headers.ts'
import { attributesRoutes } from './attributes/attributes-routes.tsx'
import { eventsRoutes } from './events/events-routes.tsx'
import { healthRoutes } from './health/health-routes.tsx'
import { keysRoutes } from './keys/keys-routes.tsx'
import { mailBlocksRoutes } from './mail-blocks/mail-blocks-routes.tsx'
import { nothingHere } from './operator-page.tsx'
import { organizationsRoutes } from './organizations/organizations-routes.tsx'
import { settingsRoutes } from './settings/settings-routes.tsx'
import { operatorOnly, operatorSignInRoutes, toHome } from './sign-in-routes.tsx'
import { signInsRoutes } from './sign-ins/sign-ins-routes.tsx'
import { usersRoutes } from './users/users-routes.tsx'

const OPERATOR = '/operator'

/** The pages of whoever runs the deployment: what the API lets the operator key do, for a person to see and to do. */
export const operatorRoutes = new Hono<PortalEnvironment>()

operatorRoutes.use(`${OPERATOR}/*`, pageHeaders, csrf())
operatorRoutes.route(OPERATOR, operatorSignInRoutes)
operatorRoutes.use(`${OPERATOR}/*`, operatorOnly)

operatorRoutes.get(OPERATOR, toHome)
operatorRoutes.route(`${OPERATOR}/organizations`, organizationsRoutes)
operatorRoutes.route(`${OPERATOR}/users`, usersRoutes)
operatorRoutes.route(`${OPERATOR}/settings`, settingsRoutes)
operatorRoutes.route(`${OPERATOR}/mail-blocks`, mailBlocksRoutes)
operatorRoutes.route(`${OPERATOR}/attributes`, attributesRoutes)
operatorRoutes.route(`${OPERATOR}/keys`, keysRoutes)
operatorRoutes.route(`${OPERATOR}/sign-ins`, signInsRoutes)
operatorRoutes.route(`${OPERATOR}/events`, eventsRoutes)
operatorRoutes.route(`${OPERATOR}/health`, healthRoutes)
operatorRoutes.all(`${OPERATOR}/*`, nothingHere)
