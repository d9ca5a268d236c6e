import type { Session } from '../../../accounts/sessions.ts'
import type { Slice } from '../../../membership/queries.ts'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import type { Visitor } from '../../environment.ts'
import { SessionsPanel } from './sessions-panel.tsx'

interface AccountPageProps {
  readonly visitor: Visitor
  readonly sessions: Slice<Session>
  /** What was sent and could not be taken, and why. */
  readonly name?: string
  readonly error?: string
}

export const AccountPage = ({ visitor: { user, session }, sessions, name, error }: AccountPageProps) => (
  <>
    <PageHeader title="My account" />
    <Panel title="Profile" lead="As your teams see you.">
      <PanelBody>
        <form class="form" method="post" action="/account">
          <TextField
            id="name"
            label="Name"
            value={name ?? user.name}
            error={error}
            required={false}
            maxlength={200}
            autocomplete="name"
          />
          <TextField id="email" label="Address" value={user.email} type="email" readonly autocomplete="email" />
          <div class="actions">
            <Button look="primary">Save</Button>
          </div>
        </form>
      </PanelBody>
    </Panel>
    <SessionsPanel sessions={sessions} current={session.id} />
  </>
)
