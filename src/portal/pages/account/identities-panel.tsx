import type { LinkedIdentity } from '../../../accounts/identities.ts'
import { ActionForm } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { Time } from '../../components/time.tsx'

interface IdentitiesPanelProps {
  readonly identities: readonly LinkedIdentity[]
  /** The forms that unlink lead to `{path}/{id}/unlink`. */
  readonly path: string
  readonly lead: string
}

/** The accounts at identity providers that sign in as this person. */
export const IdentitiesPanel = ({ identities, path, lead }: IdentitiesPanelProps) => (
  <Panel title="Identity providers" lead={lead}>
    <ul class="list">
      {identities.map(({ id, issuer, subject, createdAt }) => (
        <li>
          <Icon name="key" />
          <span class="main">
            <span class="title">{issuer}</span>
            <span class="small">
              {subject} · linked <Time at={createdAt} precision="minute" />
            </span>
          </span>
          <ActionForm action={`${path}/${id}/unlink`} small label={`Unlink ${issuer}`}>
            Unlink
          </ActionForm>
        </li>
      ))}
    </ul>
  </Panel>
)
