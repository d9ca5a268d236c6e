import type { DepartureEntry } from '../../../membership/departure.ts'
import { Choices } from '../../components/field.tsx'
import { nameOf } from '../../components/name.tsx'

/** What would end or pass on with a person, each with a box to keep it. Nothing where nothing would. */
export const DepartureList = ({ entries }: { readonly entries: readonly DepartureEntry[] }) =>
  entries.length === 0 ? null : (
    <Choices
      name="keep"
      legend="They created these. Select what you take over; it is yours from then on."
      options={entries.map((entry) => ({ value: entry.id, name: titleOf(entry), hint: HINTS[hintOf(entry)] }))}
      chosen={[]}
      multiple
    />
  )

const titleOf = ({ type, email, name }: DepartureEntry): string =>
  type === 'invitation' ? `Invitation of ${email}` : `API key ${nameOf(name ?? '')}`

const HINTS = {
  invitation: 'Otherwise it is canceled.',
  ends: 'Otherwise it is revoked.',
  stays: 'Otherwise it keeps working for the organization, and owners get a mail to replace it.',
} as const

const hintOf = ({ type, outcome }: DepartureEntry): keyof typeof HINTS =>
  type === 'invitation' ? 'invitation' : outcome === 'stays' ? 'stays' : 'ends'
