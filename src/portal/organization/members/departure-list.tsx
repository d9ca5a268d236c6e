import type { DepartureEntry } from '../../../membership/departure.ts'
import { Choices } from '../../components/field.tsx'
import { Name, nameOf } from '../../components/name.tsx'

interface DepartureProps {
  readonly entries: readonly DepartureEntry[]
}

/** What would end or pass on with a person, each with a box to keep it. Empty if there is nothing. */
export const DepartureList = ({ entries }: DepartureProps) =>
  entries.length === 0 ? null : (
    <Choices
      name="keep"
      legend="They created these. Select the ones you want to take over."
      options={entries.map((entry) => ({
        value: entry.id,
        name: `${KINDS[entry.type]} ${nameOf(nameIn(entry))}`,
        hint: hintOf(entry),
      }))}
      chosen={[]}
      multiple
    />
  )

/** The same for people who leave, and so keep nothing. */
export const OwnDepartureList = ({ entries }: DepartureProps) =>
  entries.length === 0 ? null : (
    <>
      <p>You created these:</p>
      <ul>
        {entries.map((entry) => (
          <li>
            {KINDS[entry.type]} <Name>{nameIn(entry)}</Name>: {FATES[fateOf(entry)]}.
          </li>
        ))}
      </ul>
      <p>To keep these working, ask an admin to remove you instead. They can take them over.</p>
    </>
  )

const hintOf = (entry: DepartureEntry): string => {
  const otherwise = `Otherwise ${FATES[fateOf(entry)]}.`
  return entry.type === 'api_key' ? `They know its secret, so replace it also if you keep it. ${otherwise}` : otherwise
}

const KINDS = { invitation: 'Invitation of', api_key: 'API key' } as const

const nameIn = ({ email, name }: DepartureEntry): string => email ?? name ?? ''

const FATES = {
  invitation: 'it is canceled',
  ends: 'it is revoked',
  stays: 'it keeps working for the organization, and owners are asked by email to replace it',
} as const

const fateOf = ({ type, outcome }: DepartureEntry): keyof typeof FATES =>
  type === 'invitation' ? 'invitation' : outcome === 'stays' ? 'stays' : 'ends'
