import type { ApiKey } from '../../../membership/api-key.ts'
import { Alert } from '../../components/alert.tsx'
import { ButtonLink } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Name } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import type { Workplace } from '../../workplace.ts'

interface NewApiKeyPageProps {
  readonly workplace: Workplace
  readonly apiKey: ApiKey
  readonly secret: string
}

/** The only place where the secret is ever seen. */
export const NewApiKeyPage = ({ workplace, apiKey, secret }: NewApiKeyPageProps) => (
  <>
    <PageHeader title="Your new API key" />
    <Panel title="Copy it now">
      <PanelBody>
        <Alert tone="warning">It is shown this once. Whoever has it can act with its permissions.</Alert>
        <p>
          <Name>{apiKey.name}</Name>
        </p>
        <p class="secret">
          <code>{secret}</code> <CopyButton text={secret} label="Copy key" />
        </p>
        <div class="actions">
          <ButtonLink href={`${workplace.path}/api-keys`} look="primary">
            I have copied it
          </ButtonLink>
        </div>
      </PanelBody>
    </Panel>
  </>
)
