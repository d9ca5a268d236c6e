import type { BulkResult } from '../../../membership/bulk.ts'
import type { Outlook } from '../../../membership/offers.ts'
import type { Seats } from '../../../membership/seats.ts'
import type { Row } from '../../../onboarding/bulk-invitation.ts'
import { Button, ButtonLink } from '../../components/button.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'
import { UsageBar } from '../../components/usage-bar.tsx'
import { SeatsFull } from '../seats/seats-full.tsx'
import { countOf, Outcomes, people, summary } from './outcomes.tsx'
import { BatchFields, RUN, sentInParts } from './run.tsx'
import type { Wish } from './wish.ts'

interface PreviewProps {
  /** The address of the organization's pages. */
  readonly home: string
  readonly outlook: Outlook
  /** Of the form: sent twice, it invites once. */
  readonly once: string
  readonly rows: readonly Row[]
  /** One for each row: what would become of it. */
  readonly results: readonly BulkResult[]
  /** As they would be afterwards. */
  readonly seats: Seats
  readonly wish: Wish
  readonly way: 'addresses' | 'file'
}

/** What would happen, before anything does. The form carries what is needed to have it done. */
export const Preview = ({ home, outlook, once, rows, results, seats, wish, way }: PreviewProps) => {
  const shown = results.map(({ email, outcome }, index) => {
    const row = rows[index]
    return {
      email: outcome === 'invalid_email' ? (row?.email ?? email) : email,
      name: row?.name,
      role: row?.role ?? wish.role,
      outcome,
    }
  })
  const wanted = countOf(shown, 'invited')
  const sendable = rows.filter((_, index) => isSendable(results[index]))
  const invite = `${home}/members/invite`
  const path = `${invite}/send`
  const batch = { key: once, role: wish.role, rows: sendable, done: [] }
  return (
    <div id={RUN}>
      <PageHeader title="Check and send" up={{ href: invite, name: 'Invite people' }}>
        {summary(shown, 'before')}. Nothing has been sent yet.
      </PageHeader>
      {countOf(shown, 'seat_limit_reached') > 0 && (
        <SeatsFull
          home={home}
          outlook={outlook}
          {...(outlook.seats.available === 0 ? {} : { title: 'There are not enough seats for everyone.' })}
        />
      )}
      {seats.limit !== null && <UsageBar label="Seats in use afterwards" used={seats.used} limit={seats.limit} />}
      <Panel>
        <Outcomes rows={shown} roles={outlook.roles} tense="before" />
        <footer class="actions">
          {wanted > 0 && (
            <form method="post" action={path} enctype="multipart/form-data" {...sentInParts(path, sendable.length)}>
              <BatchFields batch={batch} />
              {wish.withoutMail && <input type="hidden" name="without_mail" value="on" />}
              <Button look="primary" icon={wish.withoutMail ? 'link' : 'mail'}>
                {wish.withoutMail ? 'Invite and show the link' : `Invite ${people(wanted)}`}
              </Button>
            </form>
          )}
          {way === 'addresses' ? (
            <ChangeButton action={invite} wish={wish} />
          ) : (
            <ButtonLink href={`${invite}/file`}>Choose another file</ButtonLink>
          )}
          <ButtonLink href={`${home}/members`} look="quiet">
            Cancel
          </ButtonLink>
        </footer>
      </Panel>
    </div>
  )
}

/** What is no address stays none, and once is enough; all others may fare otherwise by the time they are sent. */
const isSendable = (result: BulkResult | undefined): boolean =>
  result !== undefined && result.outcome !== 'invalid_email' && result.outcome !== 'duplicate'

/** Back to the form, with all that was typed. */
const ChangeButton = ({ action, wish }: { readonly action: string; readonly wish: Wish }) => (
  <form method="post" action={action} enctype="multipart/form-data">
    <input type="hidden" name="step" value="edit" />
    <textarea name="addresses" hidden>
      {wish.addresses}
    </textarea>
    <input type="hidden" name="name" value={wish.name} />
    <input type="hidden" name="role" value={wish.role} />
    {wish.withoutMail && <input type="hidden" name="without_mail" value="on" />}
    <Button>Change the list</Button>
  </form>
)
