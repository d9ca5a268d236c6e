import type { Member } from '../../../membership/member.ts'
import { ButtonLink } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'
import { Person } from '../../components/person.tsx'
import { Results, Toolbar } from '../../components/toolbar.tsx'
import type { Workplace } from '../../workplace.ts'

interface SuccessorPageProps {
  readonly workplace: Workplace
  /** Active ones, without the person who looks. */
  readonly members: readonly Member[]
  readonly query: string | null
}

export const SuccessorPage = ({ workplace, members, query }: SuccessorPageProps) => {
  const path = `${workplace.path}/settings/transfer`
  return (
    <>
      <PageHeader title="Transfer ownership" up={{ href: `${workplace.path}/settings`, name: 'Settings' }}>
        Choose who becomes the owner. You become an admin in the same moment.
      </PageHeader>
      <Panel>
        <Toolbar action={path} label="Search members" query={query} />
        <Results>
          {members.length === 0 ? (
            <EmptyState icon="person" title={query === null ? 'There is nobody else yet' : 'Nobody found'}>
              <p>
                {query === null
                  ? 'Ownership goes to an active member: invite somebody first.'
                  : 'No name and no address of an active member matches.'}
              </p>
            </EmptyState>
          ) : (
            <ul class="list">
              {members.map((member) => (
                <li>
                  <span class="main">
                    <Person name={member.profile.name ?? null} email={member.email} />
                  </span>
                  <ButtonLink href={`${path}/${member.id}`} small confirms>
                    Choose
                  </ButtonLink>
                </li>
              ))}
            </ul>
          )}
        </Results>
      </Panel>
    </>
  )
}
