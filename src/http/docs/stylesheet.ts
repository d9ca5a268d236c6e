import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import type { HttpEnvironment } from '../environment.ts'
import styles from './docs.css'

const hash = createHash('sha256').update(styles).digest('hex').slice(0, 16)

/** Changes with the content, so that browsers may keep it for good. */
export const STYLESHEET_PATH = `/docs/${hash}.css`

export const stylesheet = (c: Context<HttpEnvironment>): Response =>
  c.body(styles, 200, {
    'Content-Type': 'text/css; charset=utf-8',
    'Cache-Control': 'public, max-age=31536000, immutable',
  })
