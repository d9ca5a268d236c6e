import type { AttributeDefinition, AttributeType } from '../../../membership/attributes.ts'
import { Badge } from '../../components/badge.tsx'
import { ButtonLink } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { MenuLink, RowMenu } from '../../components/menu.tsx'
import { Name } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'
import { Cell, Table } from '../../components/table.tsx'
import { counted } from '../../readable-time.ts'

export const ATTRIBUTES_PATH = '/operator/attributes'
/** No key has a hyphen, so none is in its way. */
export const NEW_ATTRIBUTE = 'new-attribute'

export const TYPE_NAMES: { readonly [type in AttributeType]: string } = {
  string: 'Text',
  number: 'Number',
  boolean: 'Yes or no',
  date: 'Date',
  enum: 'One of several',
}

export const AttributesPage = ({ definitions }: { readonly definitions: readonly AttributeDefinition[] }) => (
  <>
    <PageHeader
      title="User attributes"
      actions={
        <ButtonLink href={`${ATTRIBUTES_PATH}/${NEW_ATTRIBUTE}`} look="primary" icon="plus" changes>
          New attribute
        </ButtonLink>
      }
    >
      What the product wants to know about people, in the order it is asked.
    </PageHeader>
    <Panel>
      {definitions.length === 0 ? (
        <EmptyState icon="person" title="None yet">
          <p>People are asked for their name alone.</p>
        </EmptyState>
      ) : (
        <Definitions definitions={definitions} />
      )}
    </Panel>
  </>
)

const Definitions = ({ definitions }: { readonly definitions: readonly AttributeDefinition[] }) => (
  <Table
    caption="User attributes"
    columns={[
      { name: 'Label' },
      { name: 'Type' },
      { name: 'Required' },
      { name: 'Changed by' },
      { name: 'Actions', hidden: true, align: 'end' },
    ]}
  >
    {definitions.map(({ key, label, type, options, required, userEditable }) => (
      <tr>
        <Cell>
          <a class="title" href={`${ATTRIBUTES_PATH}/${key}`}>
            <Name>{label}</Name>
          </a>{' '}
          <code class="small">{key}</code>
        </Cell>
        <Cell label="Type">
          {TYPE_NAMES[type]}
          {options !== null && `: ${counted(options.length, 'option')}`}
        </Cell>
        <Cell label="Required">{required ? <Badge tone="accent">Required</Badge> : '–'}</Cell>
        <Cell label="Changed by">{userEditable ? 'People themselves' : 'The operator'}</Cell>
        <Cell align="end">
          <RowMenu label={`Actions for ${key}`}>
            <MenuLink href={`${ATTRIBUTES_PATH}/${key}`}>Change</MenuLink>
            <MenuLink href={`${ATTRIBUTES_PATH}/${key}/delete`} danger confirms>
              Delete
            </MenuLink>
          </RowMenu>
        </Cell>
      </tr>
    ))}
  </Table>
)
