import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import type { PortalEnvironment } from './environment.ts'
import styles from './styles.css'

const hash = createHash('sha256').update(styles).digest('hex').slice(0, 16)

/** Changes with the content, so that browsers may keep it for good. */
export const STYLESHEET_PATH = `/assets/${hash}.css`

export const stylesheet = (c: Context<PortalEnvironment>): Response =>
  c.body(styles, 200, {
    'Content-Type': 'text/css; charset=utf-8',
    'Cache-Control': 'public, max-age=31536000, immutable',
    'X-Content-Type-Options': 'nosniff',
  })
