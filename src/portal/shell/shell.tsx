import type { PropsWithChildren } from 'hono/jsx'
import { titleName } from '../components/name.tsx'
import { AccountMenu } from './account-menu.tsx'
import type { Frame } from './frame.ts'
import { SectionNavigation } from './section-navigation.tsx'
import type { SectionKey } from './sections.ts'
import { Switcher } from './switcher.tsx'
import { Workspace } from './workspace.tsx'

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
  const { workplace, flash, visitor } = frame
  return (
    <Workspace
      title={workplace === null ? [title] : [title, titleName(workplace.name)]}
      reading={reading}
      flash={flash}
      bar={
        <>
          <Switcher frame={frame} />
          <span class="spacer" />
          <AccountMenu visitor={visitor} />
        </>
      }
      navigation={workplace !== null && <SectionNavigation workplace={workplace} section={section} />}
    >
      {children}
    </Workspace>
  )
}
