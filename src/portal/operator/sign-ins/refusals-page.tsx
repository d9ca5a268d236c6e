import type { RefusalCount } from '../../../accounts/sign-in-list.ts'
import type { RefusalReason } from '../../../membership/authentication.ts'
import type { Slice } from '../../../membership/queries.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { Cell, Table } from '../../components/table.tsx'
import { Time } from '../../components/time.tsx'
import { Results, Toolbar } from '../../components/toolbar.tsx'
import { REFUSALS_PATH, type SignInsChoice } from './sign-ins-choice.ts'
import { LogFrame, Pages, Period } from './sign-ins-page.tsx'

interface RefusalsPageProps {
  readonly refusals: Slice<RefusalCount>
  readonly choice: SignInsChoice
}

export const RefusalsPage = ({ refusals: { items, nextCursor }, choice }: RefusalsPageProps) => (
  <LogFrame path={REFUSALS_PATH}>
    <Toolbar action={REFUSALS_PATH} label="Network, as in 203.0.113.0/24" query={choice.search}>
      <Period choice={choice} />
    </Toolbar>
    <Results>
      {items.length === 0 ? (
        <EmptyState icon="clock" title="Nothing found">
          <p>Refused attempts are counted here by hour and network.</p>
        </EmptyState>
      ) : (
        <Table
          caption="Refused attempts by hour and network"
          columns={[{ name: 'Network' }, { name: 'Reason' }, { name: 'Hour' }, { name: 'Attempts', align: 'number' }]}
        >
          {items.map(({ hour, network, reason, count }) => (
            <tr>
              <Cell>{network === 'unknown' ? 'Unknown network' : network}</Cell>
              <Cell label="Reason">{REASONS[reason]}</Cell>
              <Cell label="Hour">
                <Time at={hour} precision="minute" />
              </Cell>
              <Cell label="Attempts" align="number">
                {count}
              </Cell>
            </tr>
          ))}
        </Table>
      )}
      <Pages path={REFUSALS_PATH} choice={choice} nextCursor={nextCursor} />
    </Results>
  </LogFrame>
)

const REASONS: { readonly [reason in RefusalReason]: string } = {
  wrong_code: 'Wrong code',
  expired_code: 'Expired code or link',
  rate_limited: 'Too many attempts',
  unknown_credential: 'Unknown credential',
  wrong_operator_key: 'Wrong operator key',
  invalid_invitation_link: 'Invalid invitation link',
  email_unverified: 'Email not verified',
  sign_up_disabled: 'Sign-up is off',
  account_closing: 'Account is being deleted',
}
