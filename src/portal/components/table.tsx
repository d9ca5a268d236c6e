import type { PropsWithChildren } from 'hono/jsx'
import { Icon } from './icon.tsx'

export interface Column {
  readonly name: string
  /** For a column whose content speaks for itself, as the menu of a row. */
  readonly hidden?: boolean
  readonly align?: 'end' | 'number'
  readonly sort?: ColumnSort | undefined
}

export interface ColumnSort {
  /** Where the list is sorted by this column, or the other way round. */
  readonly href: string
  readonly direction: 'ascending' | 'descending' | null
}

interface TableProps {
  /** Says what the table lists, to those who do not see it. */
  readonly caption: string
  readonly columns: readonly Column[]
}

/** On a phone each row becomes a card: the first cell heads it, the others say what they are by their label. */
export const Table = ({ caption, columns, children }: PropsWithChildren<TableProps>) => (
  <table class="table cards">
    <caption class="visually-hidden">{caption}</caption>
    <thead>
      <tr>
        {columns.map(({ name, hidden, align, sort }) => (
          <th scope="col" class={align} aria-sort={sort?.direction ?? undefined}>
            {hidden ? <span class="visually-hidden">{name}</span> : <Heading name={name} sort={sort} />}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>{children}</tbody>
  </table>
)

const Heading = ({ name, sort }: Pick<Column, 'name' | 'sort'>) =>
  sort === undefined ? (
    name
  ) : (
    <a class="sort" href={sort.href}>
      {name}
      {sort.direction !== null && <Icon name={sort.direction === 'ascending' ? 'up' : 'down'} />}
    </a>
  )

interface CellProps {
  /** The column's name, which a phone shows beside the value; none for the first cell and for menus. */
  readonly label?: string
  readonly align?: Column['align']
}

export const Cell = ({ label, align, children }: PropsWithChildren<CellProps>) => (
  <td class={align} data-label={label}>
    {children}
  </td>
)
