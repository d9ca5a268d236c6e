const MAX_LENGTH = 500
const SOMEWHERE = 'https://portal.invalid'

/**
 * Where to go on, as far as it is a page of this site; null for anything that could lead away from it. Browsers take
 * `//host`, `/\host` and what stands behind a tab or a line break for addresses of other sites.
 */
export function localPath(text: string | undefined): string | null {
  if (text === undefined || text.length > MAX_LENGTH) return null
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text)) return null
  const url = new URL(text, SOMEWHERE)
  const path = `${url.pathname}${url.search}`
  return url.origin === SOMEWHERE && !path.startsWith('//') ? path : null
}
