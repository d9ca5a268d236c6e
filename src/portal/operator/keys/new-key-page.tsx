import type { OperatorKey } from '../../../membership/operator-key.ts'
import { Alert } from '../../components/alert.tsx'
import { ButtonLink } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Name } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import { ACCESS_NAMES, KEYS_PATH } from './keys-page.tsx'

interface NewKeyPageProps {
  readonly operatorKey: OperatorKey
  readonly secret: string
}

/** The only page that ever shows the secret. */
export const NewKeyPage = ({ operatorKey, secret }: NewKeyPageProps) => (
  <>
    <PageHeader title="Your new operator key" />
    <Panel title="Copy it now">
      <PanelBody>
        <Alert tone="warning">The key is shown only once.</Alert>
        <p>
          <Name>{operatorKey.name}</Name> ({ACCESS_NAMES[operatorKey.access].toLowerCase()})
        </p>
        <p class="secret">
          <code>{secret}</code> <CopyButton text={secret} label="Copy key" />
        </p>
        <div class="actions">
          <ButtonLink href={KEYS_PATH} look="primary">
            I have copied it
          </ButtonLink>
        </div>
      </PanelBody>
    </Panel>
  </>
)
