import type { MailBlock } from '../../../directory/mail-blocks.ts'
import type { Slice } from '../../../membership/queries.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Pagination } from '../../components/pagination.tsx'
import { Panel } from '../../components/panel.tsx'
import { Time } from '../../components/time.tsx'
import { type ListChoice, listAddress } from '../list-choice.ts'

export const MAIL_BLOCKS_PATH = '/operator/mail-blocks'

interface MailBlocksProps {
  readonly blocks: Slice<MailBlock>
  readonly choice: ListChoice
}

export const MailBlocksPage = ({ blocks: { items, nextCursor }, choice }: MailBlocksProps) => (
  <>
    <PageHeader title="No more invitations">
      These recipients asked for no more invitations. Codes to sign in still reach them.
    </PageHeader>
    <Panel>
      {items.length === 0 ? (
        <EmptyState icon="mail" title="Nobody has stopped invitations">
          <p>Recipients who follow “No more invitations” in a mail are listed here.</p>
        </EmptyState>
      ) : (
        <ul class="list">
          {items.map(({ id, email, createdAt }) => (
            <li>
              <span class="main">
                <span class="title">{email ?? 'Account deleted'}</span>
                <span class="small">
                  <Time at={createdAt} precision="minute" />
                </span>
              </span>
              <form method="post" action={`${MAIL_BLOCKS_PATH}/${id}/lift`}>
                <Button small label={`Allow invitations to ${email ?? id}`}>
                  Allow invitations
                </Button>
              </form>
            </li>
          ))}
        </ul>
      )}
      <Pagination
        first={choice.cursor === null ? null : MAIL_BLOCKS_PATH}
        next={nextCursor === null ? null : listAddress(MAIL_BLOCKS_PATH, { cursor: nextCursor })}
      />
    </Panel>
  </>
)
