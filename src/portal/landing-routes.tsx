import { Hono } from 'hono'
import { configOf } from '../env.ts'
import { allowedMethods } from './allowed-methods.tsx'
import type { PortalEnvironment } from './environment.ts'
import { homePath } from './home.ts'
import { page } from './page.ts'
import { pageHeaders } from './page-headers.ts'
import { LandingPage } from './pages/landing-page.tsx'
import { visitorOf } from './visitor.ts'

/** Where everyone comes in: those who are signed in go on to their team. */
export const landingRoutes = new Hono<PortalEnvironment>()

landingRoutes.use('/', pageHeaders)
landingRoutes.get('/', async (c) => {
  const visitor = await visitorOf(c)
  if (visitor !== null) return c.redirect(await homePath(c, visitor))
  return page(c, <LandingPage hasMailbox={configOf(c.env).MAIL_TRANSPORT === 'mailbox'} />)
})
landingRoutes.all('/', allowedMethods('GET', 'HEAD'))
