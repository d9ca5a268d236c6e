import type { Context } from 'hono'
import type { PortalEnvironment } from '../../environment.ts'
import { localPath } from '../../local-path.ts'

/**
 * Where one goes on after a row's action: to the list as it was filtered, the person or the seats, wherever it was asked
 * for. A page that only asked for confirmation leads to the list.
 */
export function wayBack(c: Context<PortalEnvironment>): string {
  const { path } = c.var.workplace
  const list = `${path}/members`
  const referrer = URL.parse(c.req.header('Referer') ?? '')
  if (referrer === null || referrer.origin !== new URL(c.req.url).origin) return list
  const isPage =
    referrer.pathname === list || referrer.pathname === `${path}/seats` || isMember(referrer.pathname, list)
  return (isPage ? localPath(`${referrer.pathname}${referrer.search}`) : null) ?? list
}

const isMember = (pathname: string, list: string): boolean =>
  pathname.startsWith(`${list}/mem_`) && !pathname.slice(list.length + 1).includes('/')
