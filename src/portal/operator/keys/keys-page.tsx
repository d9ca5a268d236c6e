import type { OperatorKey } from '../../../membership/operator-key.ts'
import { Badge } from '../../components/badge.tsx'
import { ButtonLink } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { MenuLink, RowMenu } from '../../components/menu.tsx'
import { Name, titleName } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'
import { Cell, Table } from '../../components/table.tsx'
import { Time } from '../../components/time.tsx'

export const KEYS_PATH = '/operator/keys'

interface KeysPageProps {
  readonly keys: readonly OperatorKey[]
  readonly now: number
}

export const KeysPage = ({ keys, now }: KeysPageProps) => {
  const create = (
    <ButtonLink href={`${KEYS_PATH}/new`} look="primary" icon="plus">
      New operator key
    </ButtonLink>
  )
  return (
    <>
      <PageHeader title="Operator keys" actions={create}>
        Give each system and each person that runs this deployment a key of its own. Events name the key.
      </PageHeader>
      <Panel>
        {keys.length === 0 ? (
          <EmptyState icon="key" title="No operator keys yet" actions={create}>
            <p>Until then everything is done with the root key, and events do not show who did it.</p>
          </EmptyState>
        ) : (
          <Table caption="Operator keys" columns={COLUMNS}>
            {keys.map((key) => (
              <Row operatorKey={key} now={now} />
            ))}
          </Table>
        )}
      </Panel>
    </>
  )
}

const COLUMNS = [
  { name: 'Key' },
  { name: 'Access' },
  { name: 'Created' },
  { name: 'Last used' },
  { name: 'Expires' },
  { name: 'Actions', hidden: true, align: 'end' },
] as const

export const ACCESS_NAMES: { readonly [access in OperatorKey['access']]: string } = {
  read: 'Read-only',
  write: 'Read and write',
}

const Row = ({ operatorKey: key, now }: { readonly operatorKey: OperatorKey; readonly now: number }) => (
  <tr>
    <Cell>
      <span class="title">
        <Name>{key.name}</Name>
      </span>{' '}
      <code>…{key.lastFour}</code>
    </Cell>
    <Cell label="Access">{ACCESS_NAMES[key.access]}</Cell>
    <Cell label="Created">
      <Time at={key.createdAt} />
    </Cell>
    <Cell label="Last used">{key.lastUsedAt === null ? 'Never' : <Time at={key.lastUsedAt} />}</Cell>
    <Cell label="Expires">
      {key.expiresAt === null ? (
        'Never'
      ) : key.expiresAt <= now ? (
        <Badge tone="bad">Expired</Badge>
      ) : (
        <Time at={key.expiresAt} />
      )}
    </Cell>
    <Cell align="end">
      <RowMenu label={`Actions for ${titleName(key.name)}`}>
        <MenuLink href={`${KEYS_PATH}/${key.id}/revoke`} danger confirms>
          Revoke
        </MenuLink>
      </RowMenu>
    </Cell>
  </tr>
)
