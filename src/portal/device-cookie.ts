import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { DEVICE_AGE_MS, deviceOf, deviceToken } from '../accounts/devices.ts'
import { configOf } from '../env.ts'
import type { PortalEnvironment } from './environment.ts'
import { hostCookie, hostCookieOptions } from './session-cookie.ts'

/* How a browser shows that it has signed in before. It stays when the person signs out. */

type CookieContext = Context<PortalEnvironment>

const nameOf = (c: CookieContext): string => hostCookie(c, 'muster_device')

/** The id of the device; null in a browser that has not signed in before. */
export const deviceOfBrowser = (c: CookieContext): string | null =>
  deviceOf(getCookie(c, nameOf(c)), configOf(c.env).LINK_KEYS)

export function setDeviceCookie(c: CookieContext, id: string): void {
  const options = { ...hostCookieOptions(c), maxAge: DEVICE_AGE_MS / 1000 }
  setCookie(c, nameOf(c), deviceToken(id, configOf(c.env).LINK_KEYS), options)
}
