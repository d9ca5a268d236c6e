import type { ApiKey } from '../../../membership/api-key.ts'
import type { Names } from '../../../membership/queries.ts'
import { Badge } from '../../components/badge.tsx'
import { ButtonLink } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { MenuLink, RowMenu } from '../../components/menu.tsx'
import { Name, titleName } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'
import { Cell, Table } from '../../components/table.tsx'
import { Time } from '../../components/time.tsx'
import type { Workplace } from '../../workplace.ts'

interface ApiKeysPageProps {
  readonly workplace: Workplace
  readonly keys: readonly ApiKey[]
  /** Of the people who created them. */
  readonly names: Names
  readonly now: number
}

export const ApiKeysPage = ({ workplace, keys, names, now }: ApiKeysPageProps) => {
  const path = `${workplace.path}/api-keys`
  const create = (
    <ButtonLink href={`${path}/new`} look="primary" icon="plus">
      New API key
    </ButtonLink>
  )
  return (
    <>
      <PageHeader title="API keys" actions={create}>
        Programs use them in place of a person, with the permissions that you choose.
      </PageHeader>
      <Panel>
        {keys.length === 0 ? (
          <EmptyState icon="key" title="No API keys yet" actions={create}>
            <p>Create one for a program that reads or manages this team.</p>
          </EmptyState>
        ) : (
          <Table caption="API keys" columns={COLUMNS}>
            {keys.map((key) => (
              <Row apiKey={key} names={names} path={path} now={now} />
            ))}
          </Table>
        )}
      </Panel>
    </>
  )
}

const COLUMNS = [
  { name: 'Key' },
  { name: 'Permissions' },
  { name: 'Created' },
  { name: 'Created by' },
  { name: 'Last used' },
  { name: 'Expires' },
  { name: 'Actions', hidden: true, align: 'end' },
] as const

interface RowProps {
  readonly apiKey: ApiKey
  readonly names: Names
  readonly path: string
  readonly now: number
}

const Row = ({ apiKey, names, path, now }: RowProps) => (
  <tr>
    <Cell>
      <span class="title">
        <Name>{apiKey.name}</Name>
      </span>{' '}
      <code>…{apiKey.lastFour}</code>{' '}
      {apiKey.makerLeft && (
        <>
          <Badge tone="warning">Replace it</Badge>{' '}
          <span class="hint">The person who created it has left or lost permissions, and may know its secret.</span>
        </>
      )}
    </Cell>
    <Cell label="Permissions">
      <span class="badges">
        {apiKey.permissions.map((permission) => (
          <code>{permission}</code>
        ))}
      </span>
    </Cell>
    <Cell label="Created">
      <Time at={apiKey.createdAt} />
    </Cell>
    <Cell label="Created by">
      <Creator apiKey={apiKey} names={names} />
    </Cell>
    <Cell label="Last used">{apiKey.lastUsedAt === null ? 'Never' : <Time at={apiKey.lastUsedAt} />}</Cell>
    <Cell label="Expires">
      {apiKey.expiresAt === null ? (
        'Never'
      ) : apiKey.expiresAt <= now ? (
        <Badge tone="bad">Expired</Badge>
      ) : (
        <Time at={apiKey.expiresAt} />
      )}
    </Cell>
    <Cell align="end">
      <RowMenu label={`Actions for ${titleName(apiKey.name)}`}>
        <MenuLink href={`${path}/${apiKey.id}/revoke`} danger confirms>
          Revoke
        </MenuLink>
      </RowMenu>
    </Cell>
  </tr>
)

const Creator = ({ apiKey: { createdBy }, names }: Pick<RowProps, 'apiKey' | 'names'>) => {
  if (createdBy.type === 'operator') return <>Operator</>
  const name = names[createdBy.id ?? '']
  return name === undefined ? <>Creator left</> : <Name>{name}</Name>
}
