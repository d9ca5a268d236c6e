import type { PropsWithChildren } from 'hono/jsx'
import { Alert } from '../components/alert.tsx'
import { titleName } from '../components/name.tsx'
import { AccountMenu } from './account-menu.tsx'
import { Document, HomeLink } from './document.tsx'
import type { Frame } from './frame.ts'
import { SectionNavigation } from './section-navigation.tsx'
import type { SectionKey } from './sections.ts'
import { Switcher } from './switcher.tsx'

export interface ShellProps {
  readonly frame: Frame
  readonly title: string
  /** The part of the organization that this page belongs to. */
  readonly section?: SectionKey | undefined
  /** Text and forms in a column that is good to read, rather than tables. */
  readonly reading?: boolean | undefined
}

/** The frame of every page of a person who is signed in. */
export const Shell = ({ frame, title, section, reading = false, children }: PropsWithChildren<ShellProps>) => {
  const { workplace, flash } = frame
  const titles = workplace === null ? [title] : [title, titleName(workplace.name)]
  return (
    <Document title={titles} kind={reading ? 'workspace reading' : 'workspace'} scripted>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="topbar">
        <div class="topbar-row">
          <HomeLink />
          <span class="slash" aria-hidden="true">
            /
          </span>
          <Switcher frame={frame} />
          <span class="spacer" />
          <AccountMenu visitor={frame.visitor} />
        </div>
        {workplace !== null && <SectionNavigation workplace={workplace} section={section} />}
      </header>
      <main id="content" tabindex={-1}>
        {flash !== null && <Alert tone={flash.tone}>{flash.text}</Alert>}
        {children}
      </main>
      <dialog class="dialog" id="dialog" aria-label="Please confirm" />
      <footer class="colophon">Teams and invitations by Muster</footer>
    </Document>
  )
}
