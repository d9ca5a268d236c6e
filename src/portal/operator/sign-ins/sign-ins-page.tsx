import type { PropsWithChildren } from 'hono/jsx'
import type { SignInEntry } from '../../../accounts/sign-in-list.ts'
import { SIGN_IN_TYPES } from '../../../membership/authentication.ts'
import type { Names, Slice } from '../../../membership/queries.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { Select } from '../../components/field.tsx'
import { Name } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Pagination } from '../../components/pagination.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import { placeText, SIGN_IN_TYPE_NAMES, signInText } from '../../components/sign-in-list.tsx'
import { Cell, Table } from '../../components/table.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { Time } from '../../components/time.tsx'
import { Results, Toolbar } from '../../components/toolbar.tsx'
import { USERS_PATH } from '../users/users-page.tsx'
import { REFUSALS_PATH, SIGN_INS_PATH, type SignInsChoice, signInsAddress } from './sign-ins-choice.ts'

interface SignInsPageProps {
  readonly entries: Slice<SignInEntry>
  /** What people and operator keys are called, by their ids. */
  readonly names: Names
  readonly choice: SignInsChoice
}

export const SignInsPage = ({ entries: { items, nextCursor }, names, choice }: SignInsPageProps) => (
  <LogFrame path={SIGN_INS_PATH}>
    <Toolbar action={SIGN_INS_PATH} label="Email address or id of a user" query={choice.search}>
      <Select name="type" aria-label="Kind of entry" options={TYPES} value={choice.type ?? ''} />
      <Period choice={choice} />
    </Toolbar>
    <Results>
      {items.length === 0 ? (
        <EmptyState icon="clock" title="Nothing found">
          <p>Sign-ins of the last 90 days are listed here.</p>
        </EmptyState>
      ) : (
        <Table
          caption="Sign-ins"
          columns={[{ name: 'Who' }, { name: 'What happened' }, { name: 'From' }, { name: 'When' }]}
        >
          {items.map((entry) => (
            <tr>
              <Cell>
                <Who entry={entry} names={names} />
              </Cell>
              <Cell label="What happened">
                <What entry={entry} />
              </Cell>
              <Cell label="From">{placeText(entry)}</Cell>
              <Cell label="When">
                <Time at={entry.occurredAt} precision="minute" />
              </Cell>
            </tr>
          ))}
        </Table>
      )}
      <Pages path={SIGN_INS_PATH} choice={choice} nextCursor={nextCursor} />
    </Results>
  </LogFrame>
)

const Who = ({ entry: { userId, operatorKeyId }, names }: { readonly entry: SignInEntry; readonly names: Names }) => {
  if (userId !== null) {
    return (
      <a href={`${USERS_PATH}/${userId}`}>
        <Name>{names[userId] ?? userId}</Name>
      </a>
    )
  }
  if (operatorKeyId === null) return 'The operator (root key)'
  return (
    <>
      The operator (<Name>{names[operatorKeyId] ?? operatorKeyId}</Name>)
    </>
  )
}

const What = ({ entry }: { readonly entry: SignInEntry }) => {
  const { organizationId } = entry
  if (organizationId === null) return signInText(entry)
  return <a href={`/operator/organizations/${organizationId}`}>{signInText(entry)}</a>
}

const TYPES = [
  { value: '', name: 'All entries' },
  ...SIGN_IN_TYPES.map((type) => ({ value: type, name: SIGN_IN_TYPE_NAMES[type] })),
]

/** What both pages about signing in have around them. */
export const LogFrame = ({ path, children }: PropsWithChildren<{ readonly path: string }>) => (
  <>
    <PageHeader title="Sign-ins">
      Who signed in and what followed, and attempts that were refused, in the last 90 days.
    </PageHeader>
    <Tabs
      label="Sign-ins and refusals"
      tabs={[
        { name: 'Sign-ins', href: SIGN_INS_PATH, current: path === SIGN_INS_PATH },
        { name: 'Refusals', href: REFUSALS_PATH, current: path === REFUSALS_PATH },
      ]}
    />
    <Panel>{children}</Panel>
  </>
)

export const Period = ({ choice: { from, to } }: { readonly choice: SignInsChoice }) => (
  <>
    <label class="part">
      From <input class="input" type="date" name="from" value={from ?? ''} />
    </label>
    <label class="part">
      to <input class="input" type="date" name="to" value={to ?? ''} />
    </label>
  </>
)

interface PagesProps {
  readonly path: string
  readonly choice: SignInsChoice
  readonly nextCursor: string | null
}

export const Pages = ({ path, choice, nextCursor }: PagesProps) => (
  <Pagination
    first={choice.cursor === null ? null : signInsAddress(path, { ...choice, cursor: null })}
    next={nextCursor === null ? null : signInsAddress(path, { ...choice, cursor: nextCursor })}
  />
)

/** While the authentication log is out of reach. */
export const UnreachableLog = ({ path }: { readonly path: string }) => (
  <LogFrame path={path}>
    <PanelBody>
      <p class="soft">The authentication log cannot be shown right now. Try again in a few minutes.</p>
    </PanelBody>
  </LogFrame>
)
