import { Button, ButtonLink } from '../../components/button.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'

/** Looking changes nothing: mail scanners follow links. */
export const EmailChangePage = ({ email }: { readonly email: string }) => (
  <>
    <PageHeader title="New address" />
    <Panel title={email} lead="You will sign in with this address. Your other devices are signed out.">
      <PanelBody>
        <form class="form" method="post">
          <div class="actions">
            <Button look="primary">Use this address</Button>
            <ButtonLink href="/account">Keep the present one</ButtonLink>
          </div>
        </form>
      </PanelBody>
    </Panel>
  </>
)
