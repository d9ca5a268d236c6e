import type { PropsWithChildren } from 'hono/jsx'
import { STYLESHEET_PATH } from '../stylesheet.ts'

const FAVICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%232f56c9'/%3E%3Ccircle cx='5' cy='8' r='2' fill='white'/%3E%3Ccircle cx='11' cy='8' r='2' fill='white'/%3E%3C/svg%3E"

interface LayoutProps {
  readonly title: string
  readonly wide?: boolean
}

/** A whole document, without the doctype. */
export const Layout = ({ title, wide = false, children }: PropsWithChildren<LayoutProps>) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>{`${title} · Muster`}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="robots" content="noindex" />
      {/* Under the header's no-referrer, forms are sent with "Origin: null", and browsers without Sec-Fetch-Site refused. */}
      <meta name="referrer" content="same-origin" />
      <link rel="icon" href={FAVICON} />
      <link rel="stylesheet" href={STYLESHEET_PATH} />
    </head>
    <body class={wide ? 'wide' : 'narrow'}>
      <header class="masthead">
        <span class="wordmark">
          <Mark />
          Muster
        </span>
      </header>
      <main>{children}</main>
      <footer class="colophon">Teams and invitations by Muster</footer>
    </body>
  </html>
)

const Mark = () => (
  <svg class="mark" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <rect width="16" height="16" rx="4" />
    <circle cx="5" cy="8" r="2" />
    <circle cx="11" cy="8" r="2" />
  </svg>
)
