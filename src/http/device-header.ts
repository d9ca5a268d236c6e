import type { Context } from 'hono'
import { deviceOf, deviceToken } from '../accounts/devices.ts'
import type { HttpEnvironment } from './environment.ts'

/** How clients of the API hold what a browser has in a cookie. */
const DEVICE = 'Muster-Device'

/** The id of a device that has signed in before; null where the request names none, or one that we have not signed. */
export const deviceOfRequest = (c: Context<HttpEnvironment>): string | null =>
  deviceOf(c.req.header(DEVICE), c.var.config.LINK_KEYS)

/** For the client to send with later requests. */
export const rememberDevice = (c: Context<HttpEnvironment>, id: string): void =>
  c.header(DEVICE, deviceToken(id, c.var.config.LINK_KEYS))
