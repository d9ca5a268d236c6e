import type { Child, PropsWithChildren } from 'hono/jsx'
import { Alert } from '../components/alert.tsx'
import type { Flash } from '../flash.ts'
import { Document, HomeLink } from './document.tsx'

interface WorkspaceProps {
  /** From the particular to the general. */
  readonly title: readonly string[]
  /** Text and forms in a column that is good to read, rather than tables. */
  readonly reading: boolean
  readonly flash: Flash | null
  /** Beside the mark in the top bar. */
  readonly bar: Child
  readonly navigation: Child
}

/** Search engines meet the sign-in page in place of these: there is nothing to keep from them. */
const DESCRIPTION = 'Teams: their members, the roles they have, and who is invited.'

/** What surrounds every page that one works on. */
export const Workspace = ({ title, reading, flash, bar, navigation, children }: PropsWithChildren<WorkspaceProps>) => (
  <Document title={title} description={DESCRIPTION} kind={reading ? 'workspace reading' : 'workspace'} scripted>
    <a class="skip" href="#content">
      Skip to the content
    </a>
    <header class="topbar">
      <div class="topbar-row">
        <HomeLink />
        <span class="slash" aria-hidden="true">
          /
        </span>
        {bar}
      </div>
      {navigation}
    </header>
    <main id="content" tabindex={-1}>
      {flash !== null && <Alert tone={flash.tone}>{flash.text}</Alert>}
      {children}
    </main>
    <dialog class="dialog" id="dialog" aria-label="Please confirm" />
    <footer class="colophon">Teams and invitations by Muster</footer>
  </Document>
)
