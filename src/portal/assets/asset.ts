import { createHash } from 'node:crypto'
import type { Context } from 'hono'

export interface Asset {
  /** Changes with the content, so that browsers may keep it for good. */
  readonly path: string
  readonly serve: (c: Context) => Response
}

export function asset(extension: string, type: string, content: string): Asset {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16)
  return {
    path: `/assets/${hash}.${extension}`,
    serve: (c) =>
      c.body(content, 200, {
        'Content-Type': `${type}; charset=utf-8`,
        'Cache-Control': 'public, max-age=31536000, immutable',
        'X-Content-Type-Options': 'nosniff',
      }),
  }
}
