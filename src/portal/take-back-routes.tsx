import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { logOf } from '../accounts/authentication-log.ts'
import { configOf } from '../env.ts'
import { addressChangeOf, type TakeBackRefusal, takeBack } from '../onboarding/take-back-address.ts'
import { allowedMethods } from './allowed-methods.tsx'
import type { PortalEnvironment } from './environment.ts'
import { page } from './page.ts'
import { pageHeaders } from './page-headers.ts'
import { RefusedTakeBackPage, TakeBackPage, TakenBackPage } from './pages/account/take-back-page.tsx'

const PATH = '/email-changes/:token'

/** Behind the link that a former address is mailed. Opening it changes nothing; the form does. */
export const takeBackRoutes = new Hono<PortalEnvironment>()

takeBackRoutes.use('/email-changes/*', pageHeaders, csrf())

takeBackRoutes.get(PATH, async (c) => {
  const token = c.req.param('token')
  const found = await addressChangeOf(c.env, configOf(c.env), token, Date.now())
  if (!found.ok) return refused(c, found.error)
  const { formerEmail: email, changedAt } = found.value
  return page(c, <TakeBackPage email={email} changedAt={changedAt} token={token} />)
})

takeBackRoutes.post(PATH, async (c) => {
  const taken = await takeBack(c.env, configOf(c.env), c.req.param('token'), logOf(c), Date.now())
  return taken.ok ? page(c, <TakenBackPage email={taken.value} />) : refused(c, taken.error)
})
takeBackRoutes.all(PATH, allowedMethods('GET', 'HEAD', 'POST'))

const refused = (c: Context<PortalEnvironment>, { code }: TakeBackRefusal): Response | Promise<Response> =>
  page(c, <RefusedTakeBackPage code={code} />, code === 'email_taken' ? 409 : 410)
