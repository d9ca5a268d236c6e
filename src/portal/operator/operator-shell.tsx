import type { PropsWithChildren } from 'hono/jsx'
import { ActionForm } from '../components/button.tsx'
import type { Flash } from '../flash.ts'
import { Workspace } from '../shell/workspace.tsx'
import { OPERATOR_SECTIONS, type OperatorSection } from './sections.ts'

export interface OperatorShellProps {
  readonly title: string
  readonly section?: OperatorSection | undefined
  /** Text and forms in a column that is good to read, rather than tables. */
  readonly reading?: boolean | undefined
  readonly flash: Flash | null
}

/** The frame of the operator's pages. */
export const OperatorShell = ({
  title,
  section,
  reading = false,
  flash,
  children,
}: PropsWithChildren<OperatorShellProps>) => (
  <Workspace
    title={[title, 'Operator']}
    reading={reading}
    flash={flash}
    bar={
      <>
        <strong>Operator</strong>
        <span class="spacer" />
        <ActionForm action="/operator/sign-out" look="quiet" small icon="leave">
          Sign out
        </ActionForm>
      </>
    }
    navigation={<Navigation section={section} />}
  >
    {children}
  </Workspace>
)

const Navigation = ({ section }: Pick<OperatorShellProps, 'section'>) => (
  <nav class="sections" aria-label="Parts of the deployment">
    <ul>
      {OPERATOR_SECTIONS.map(({ key, name, path }) => (
        <li>
          <a href={path} aria-current={key === section ? 'page' : undefined}>
            {name}
          </a>
        </li>
      ))}
    </ul>
  </nav>
)
