import type { Member } from '../../../membership/member.ts'
import { ButtonLink } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Person } from '../../components/person.tsx'
import { type LogChoice, logAddress, narrowed } from './log-choice.ts'

interface PeopleFoundProps {
  readonly path: string
  readonly people: readonly Member[]
  readonly choice: LogChoice
}

/** Whose entries one is looking for: a name can be that of several, and people both do things and have them done to them. */
export const PeopleFound = ({ path, people, choice }: PeopleFoundProps) =>
  people.length === 0 ? (
    <EmptyState icon="search" title="Nobody found" actions={<ButtonLink href={path}>Show everything</ButtonLink>}>
      <p>No name and no address of a member, present or past, matches.</p>
    </EmptyState>
  ) : (
    <ul class="list">
      {people.map(({ id, userId, profile, email, status }) => (
        <li>
          <span class="main">
            <Person name={profile.name ?? null} email={email} muted={status !== 'active'} />
          </span>
          <span class="actions">
            <ButtonLink href={logAddress(path, narrowed(choice, { actor: userId, target: null }))} small>
              What they did
            </ButtonLink>
            <ButtonLink href={logAddress(path, narrowed(choice, { target: id, actor: null }))} small>
              What was done to them
            </ButtonLink>
          </span>
        </li>
      ))}
    </ul>
  )
