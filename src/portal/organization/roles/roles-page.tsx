import { PERMISSIONS } from '../../../membership/permissions.ts'
import type { Role } from '../../../membership/roles.ts'
import { Badge } from '../../components/badge.tsx'
import { ButtonLink } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { MenuLink, RowMenu } from '../../components/menu.tsx'
import { Name, titleName } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'
import { Cell, Table } from '../../components/table.tsx'
import { PERMISSION_TEXT } from '../../permission-text.ts'
import type { Workplace } from '../../workplace.ts'

interface RolesPageProps {
  readonly workplace: Workplace
  readonly roles: readonly Role[]
  readonly label: string
}

export const RolesPage = ({ workplace, roles, label }: RolesPageProps) => {
  const mayManage = workplace.may('roles:manage')
  const path = `${workplace.path}/roles`
  return (
    <>
      <PageHeader
        title="Roles"
        actions={
          mayManage && (
            <ButtonLink href={`${path}/new`} look="primary" icon="plus">
              New role
            </ButtonLink>
          )
        }
      >
        {mayManage
          ? 'What people can do here follows from their role.'
          : `What people can do here follows from their role. Owners of this ${label.toLowerCase()} can add roles.`}
      </PageHeader>
      <Panel>
        <Table caption="Roles" columns={COLUMNS}>
          {roles.map((role) => (
            <tr>
              <Cell>
                <span class="title">
                  <Name>{role.name}</Name>
                </span>{' '}
                <code>{role.key}</code>
              </Cell>
              <Cell label="Description">{role.description === '' ? '–' : <Name>{role.description}</Name>}</Cell>
              <Cell label="Kind">
                <Badge tone={role.builtIn ? 'neutral' : 'accent'}>{role.builtIn ? 'Built in' : 'Custom'}</Badge>
              </Cell>
              <Cell align="end">
                {mayManage && !role.builtIn && (
                  <RowMenu label={`Actions for ${titleName(role.name)}`}>
                    <MenuLink href={`${path}/${role.key}`}>Change</MenuLink>
                    <MenuLink href={`${path}/${role.key}/delete`} danger confirms>
                      Delete
                    </MenuLink>
                  </RowMenu>
                )}
              </Cell>
            </tr>
          ))}
        </Table>
      </Panel>
      <Panel title="Who can do what">
        <section class="scroll" tabindex={0} aria-label="Permissions of each role">
          <table class="table matrix">
            <caption class="visually-hidden">Permissions of each role</caption>
            <thead>
              <tr>
                <th scope="col">Permission</th>
                {roles.map(({ name }) => (
                  <th scope="col">
                    <Name>{name}</Name>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {PERMISSIONS.map((permission) => (
                <tr>
                  <th scope="row">
                    {PERMISSION_TEXT[permission]}
                    <span class="hint">{permission}</span>
                  </th>
                  {roles.map((role) => (
                    <td>{role.permissions.includes(permission) ? <Granted /> : <span class="absent">–</span>}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </Panel>
    </>
  )
}

const COLUMNS = [
  { name: 'Role' },
  { name: 'Description' },
  { name: 'Kind' },
  { name: 'Actions', hidden: true, align: 'end' },
] as const

const Granted = () => (
  <>
    <Icon name="check" />
    <span class="visually-hidden">Yes</span>
  </>
)
