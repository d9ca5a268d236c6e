import type { Context } from 'hono'

/** What the script asks for is a part of a page; sent on by itself, it would put another page in that place. */
export const isPartial = (c: Context): boolean => c.req.header('HX-Request') === 'true'

/** On to another page: the whole browser, even where only the script has asked. */
export function leadTo(c: Context, path: string): Response {
  if (!isPartial(c)) return c.redirect(path, 303)
  c.header('HX-Redirect', path)
  return c.body(null, 204)
}
