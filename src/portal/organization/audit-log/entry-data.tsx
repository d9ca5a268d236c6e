import type { EventData, EventValue } from '../../../membership/event.ts'
import { Name } from '../../components/name.tsx'
import { Panel } from '../../components/panel.tsx'
import { Cell, Table } from '../../components/table.tsx'

/** What the entry says beside who, what and when. Changes are shown as what was before and after. */
export const EntryData = ({ data }: { readonly data: EventData }) => {
  const fields = Object.entries(data)
  const changes = fields.flatMap(([field, value]) => (isChange(value) ? [{ field, change: value }] : []))
  const others = fields.flatMap(([field, value]) => (isChange(value) ? [] : [{ field, value }]))
  return (
    <>
      {changes.length > 0 && (
        <Panel title="What changed">
          <Table caption="What changed" columns={[{ name: 'Field' }, { name: 'Before' }, { name: 'After' }]}>
            {changes.map(({ field, change: { from, to } }) => (
              <tr>
                <Cell>
                  <span class="term">{wordsOf(field)}</span>
                </Cell>
                <Cell label="Before">
                  <Value value={from} />
                </Cell>
                <Cell label="After">
                  <Value value={to} />
                </Cell>
              </tr>
            ))}
          </Table>
        </Panel>
      )}
      {others.length > 0 && (
        <Panel title="Details">
          <Table caption="Details" columns={[{ name: 'Field' }, { name: 'Value' }]}>
            {others.map(({ field, value }) => (
              <tr>
                <Cell>
                  <span class="term">{wordsOf(field)}</span>
                </Cell>
                <Cell label="Value">
                  <Value value={value} />
                </Cell>
              </tr>
            ))}
          </Table>
        </Panel>
      )}
    </>
  )
}

interface Change {
  readonly from: EventValue
  readonly to: EventValue
}

function isChange(value: EventValue): value is Change & EventValue {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value
}

/** `upgrade_url` as `Upgrade url`. */
function wordsOf(field: string): string {
  const words = field.replaceAll('_', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

const Value = ({ value }: { readonly value: EventValue }) => {
  if (value === null || value === '') return <span class="soft">Nothing</span>
  if (typeof value === 'boolean') return <>{value ? 'Yes' : 'No'}</>
  if (typeof value === 'object') return <code class="breakable">{JSON.stringify(value)}</code>
  return (
    <span class="breakable">
      <Name>{String(value)}</Name>
    </span>
  )
}
