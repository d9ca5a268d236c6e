import type { PropsWithChildren } from 'hono/jsx'
import { isReadOnly, isRoot, type OperatorCaller } from '../../membership/actor.ts'
import { Badge } from '../components/badge.tsx'
import { ActionForm } from '../components/button.tsx'
import { ReadOnly } from '../components/read-only.ts'
import type { Flash } from '../flash.ts'
import { Workspace } from '../shell/workspace.tsx'
import { OPERATOR_SECTIONS, type OperatorSection } from './sections.ts'

export interface OperatorShellProps {
  readonly title: string
  readonly section?: OperatorSection | undefined
  /** Text and forms in a column that is good to read, rather than tables. */
  readonly reading?: boolean | undefined
  readonly flash: Flash | null
  readonly operator: OperatorCaller
}

/** The frame of the operator's pages. */
export const OperatorShell = ({
  title,
  section,
  reading = false,
  flash,
  operator,
  children,
}: PropsWithChildren<OperatorShellProps>) => (
  <Workspace
    title={[title, 'Operator']}
    reading={reading}
    flash={flash}
    bar={
      <>
        <strong>Operator</strong>
        {isReadOnly(operator) && <Badge>Read-only</Badge>}
        <span class="spacer" />
        <ActionForm action="/operator/sign-out" look="quiet" small icon="leave">
          Sign out
        </ActionForm>
      </>
    }
    navigation={<Navigation section={section} isRoot={isRoot(operator)} />}
  >
    <ReadOnly.Provider value={isReadOnly(operator)}>{children}</ReadOnly.Provider>
  </Workspace>
)

const Navigation = ({ section, isRoot }: Pick<OperatorShellProps, 'section'> & { readonly isRoot: boolean }) => (
  <nav class="sections" aria-label="Parts of the deployment">
    <ul>
      {OPERATOR_SECTIONS.filter(({ key }) => isRoot || key !== 'keys').map(({ key, name, path }) => (
        <li>
          <a href={path} aria-current={key === section ? 'page' : undefined}>
            {name}
          </a>
        </li>
      ))}
    </ul>
  </nav>
)
