import type { Child, PropsWithChildren } from 'hono/jsx'
import { Document, Wordmark } from './document.tsx'

interface SimplePageProps {
  readonly title: string
  /** Of a page that search engines may list. */
  readonly description?: string
  readonly wide?: boolean
  /** At the upper right: another way to go on. */
  readonly aside?: Child
}

/** A page that asks or tells one thing, to whoever comes: invitations, sign-in, errors. */
export const SimplePage = ({
  title,
  description,
  wide = false,
  aside,
  children,
}: PropsWithChildren<SimplePageProps>) => (
  <Document title={title} description={description} kind={wide ? 'simple wide' : 'simple narrow'}>
    <header class="masthead">
      <span class="wordmark">
        <Wordmark />
      </span>
      {aside}
    </header>
    <main>{children}</main>
    <footer class="colophon">Teams and invitations by Muster</footer>
  </Document>
)
