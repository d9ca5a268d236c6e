import type { PropsWithChildren } from 'hono/jsx'
import { script } from '../assets/script.ts'
import { stylesheet } from '../assets/stylesheet.ts'

const FAVICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%232f56c9'/%3E%3Ccircle cx='5' cy='8' r='2' fill='white'/%3E%3Ccircle cx='11' cy='8' r='2' fill='white'/%3E%3C/svg%3E"

/** Nothing that the content security policy would refuse, and no copies of pages kept for the way back. */
const HTMX = JSON.stringify({ includeIndicatorCSS: false, history: 'reload' })

interface DocumentProps {
  /** From the particular to the general, as in `Members`, `Acme`. The product's name is put behind. */
  readonly title: string | readonly string[]
  /** For search engines, which all pages without one are kept from: the address of an invitation's page is a secret. */
  readonly description?: string | undefined
  readonly kind: 'simple narrow' | 'simple wide' | 'workspace' | 'workspace reading'
  /** Pages that ask one thing need no script. */
  readonly scripted?: boolean
}

/** A whole document, without the doctype. */
export const Document = ({
  title,
  description,
  kind,
  scripted = false,
  children,
}: PropsWithChildren<DocumentProps>) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>{[title, 'Muster'].flat().join(' · ')}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      {description === undefined ? (
        <meta name="robots" content="noindex" />
      ) : (
        <meta name="description" content={description} />
      )}
      {/* Under the header's no-referrer, forms are sent with "Origin: null", and browsers without Sec-Fetch-Site refused. */}
      <meta name="referrer" content="same-origin" />
      <link rel="icon" href={FAVICON} />
      <link rel="stylesheet" href={stylesheet.path} />
      {scripted && (
        <>
          <meta name="htmx-config" content={HTMX} />
          <script src={script.path} defer />
        </>
      )}
    </head>
    <body class={kind}>{children}</body>
  </html>
)

export const HomeLink = () => (
  <a class="wordmark" href="/">
    <Wordmark />
  </a>
)

export const Wordmark = () => (
  <>
    <svg class="mark" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <rect width="16" height="16" rx="4" />
      <circle cx="5" cy="8" r="2" />
      <circle cx="11" cy="8" r="2" />
    </svg>
    <span class="wordmark-text">Muster</span>
  </>
)
