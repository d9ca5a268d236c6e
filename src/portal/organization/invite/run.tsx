import type { Outlook } from '../../../membership/offers.ts'
import type { Seats } from '../../../membership/seats.ts'
import { Alert } from '../../components/alert.tsx'
import { ButtonLink } from '../../components/button.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'
import { SeatsFull } from '../seats/seats-full.tsx'
import { countOf, Outcomes, people, summary } from './outcomes.tsx'
import type { Batch } from './wish.ts'

/*
 * A long list takes a while. With the script it is sent in parts, each of which the page asks for by itself, so that one
 * sees how far it is; without it, all at once. Either way the list stands in the form, and the server keeps nothing.
 */

/** The id of what each part's answer replaces. */
export const RUN = 'run'

export const ROWS_IN_PART = 50

/** For the form that begins: shorter lists are simply sent. */
export const sentInParts = (path: string, rows: number) => (rows > ROWS_IN_PART ? partly(path, 'submit') : {})

const partly = (path: string, trigger: string) => ({
  'hx-post': path,
  'hx-encoding': 'multipart/form-data',
  'hx-trigger': trigger,
  'hx-target': `#${RUN}`,
  'hx-select': `#${RUN}`,
  'hx-swap': 'outerHTML',
})

export const BatchFields = ({ batch: { key, role, rows, done } }: { readonly batch: Batch }) => (
  <>
    <input type="hidden" name="key" value={key} />
    <input type="hidden" name="role" value={role} />
    <input type="hidden" name="rows" value={JSON.stringify(rows)} />
    <input type="hidden" name="done" value={JSON.stringify(done)} />
  </>
)

/** So far. The form goes on by itself. */
export const Progress = ({ path, batch }: { readonly path: string; readonly batch: Batch }) => {
  const [done, all] = [batch.done.length, batch.done.length + batch.rows.length]
  return (
    <div id={RUN}>
      <PageHeader title="Sending invitations">Stay on this page until all of them are on their way.</PageHeader>
      <Panel>
        <form class="body" method="post" action={path} {...partly(path, 'load')}>
          <div class="usage" role="status">
            <span>Done</span>
            <span class="figure">
              {done} of {all}
            </span>
            <progress value={done} max={all} aria-label="Invitations done" />
          </div>
          <BatchFields batch={batch} />
        </form>
      </Panel>
    </div>
  )
}

interface ResultProps {
  /** The address of the organization's pages. */
  readonly home: string
  readonly done: Batch['done']
  readonly outlook: Outlook
  readonly seats: Seats
  /** Why it ended before the end of the list. */
  readonly error?: string | null
}

/** What became of each. */
export const Result = ({ home, done, outlook, seats, error = null }: ResultProps) => {
  const invited = countOf(done, 'invited')
  const complete = error === null && invited === done.length
  return (
    <div id={RUN} data-arrived>
      <PageHeader
        title={invited === 0 ? 'Nobody was invited' : `${people(invited)} invited`}
        up={{ href: `${home}/members`, name: 'Members' }}
        actions={
          <>
            <ButtonLink href={`${home}/members/invite`}>Invite more</ButtonLink>
            <ButtonLink href={`${home}/members`} look="primary">
              To the members
            </ButtonLink>
          </>
        }
      >
        {complete ? 'Their mails are on the way.' : `${summary(done, 'after')}.`}
      </PageHeader>
      {error !== null && (
        <Alert tone="bad" title="It ended early.">
          {error}
        </Alert>
      )}
      {countOf(done, 'seat_limit_reached') > 0 && <SeatsFull home={home} outlook={{ ...outlook, seats }} />}
      {done.length > 0 && (
        <Panel>
          <Outcomes rows={done} roles={outlook.roles} tense="after" />
        </Panel>
      )}
    </div>
  )
}
