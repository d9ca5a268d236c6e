import type { MailboxMail } from '../../mail/mailbox.ts'
import { Icon } from '../components/icon.tsx'
import { splitByLinks } from '../linked-text.ts'
import { readableSecond } from '../readable-time.ts'
import { SimplePage } from '../shell/simple-page.tsx'

interface MailboxPageProps {
  readonly mails: readonly MailboxMail[]
  /** The address that the list is narrowed to. */
  readonly to: string | null
  /** How many of the newest are shown at most. */
  readonly limit: number
}

export const MailboxPage = ({ mails, to, limit }: MailboxPageProps) => (
  <SimplePage title="Mailbox" wide>
    <h1>Mailbox</h1>
    <p class="lead">Mails stay here, on this development server. Nothing is sent.</p>
    <form class="filter" method="get" action="/dev/mailbox">
      <label for="to">Recipient</label>
      <input
        class="input"
        id="to"
        name="to"
        type="search"
        value={to ?? ''}
        placeholder="ann@example.com"
        autocomplete="off"
      />
      <button type="submit" class="button">
        Show
      </button>
    </form>
    <p class="small">
      {summary(mails.length, limit)}
      {to !== null && (
        <>
          {' '}
          to {to} · <a href="/dev/mailbox">Show all</a>
        </>
      )}{' '}
      · <a href={`/dev/mailbox.json${queryOf(to)}`}>JSON</a>
    </p>
    {mails.length === 0 ? <Empty /> : <MailList mails={mails} />}
  </SimplePage>
)

function summary(count: number, limit: number): string {
  if (count === limit) return `The newest ${limit} mails`
  return count === 1 ? '1 mail' : `${count} mails`
}

const Empty = () => (
  <div class="card notice">
    <span class="emblem neutral">
      <Icon name="mail" />
    </span>
    <h2>No mail yet</h2>
    <p>Invite someone, and the mail appears here a moment later.</p>
  </div>
)

/** The newest is open: it is the one that somebody who comes here waits for. */
const MailList = ({ mails }: Pick<MailboxPageProps, 'mails'>) => (
  <ul class="mails">
    {mails.map((mail, index) => (
      <li>
        <details class="mail" open={index === 0}>
          <summary>
            <span class="subject" dir="auto">
              {mail.subject}
            </span>
            <span class="aside">
              {mail.toAddress} · <SentAt time={mail.sentAt} />
            </span>
          </summary>
          <MailText mail={mail} />
          <p class="small">
            <a href={htmlPath(mail)}>HTML version</a>
          </p>
        </details>
      </li>
    ))}
  </ul>
)

const SentAt = ({ time }: { time: number }) => (
  <time datetime={new Date(time).toISOString()}>{readableSecond(time)}</time>
)

const MailText = ({ mail }: { mail: MailboxMail }) => (
  <pre class="mail-text" dir="auto">
    {splitByLinks(mail.text, mail.links).map(({ text, isLink }) => (isLink ? <a href={text}>{text}</a> : text))}
  </pre>
)

const htmlPath = ({ id }: MailboxMail): string => `/dev/mailbox/${encodeURIComponent(id)}/html`

const queryOf = (to: string | null): string => (to === null ? '' : `?${new URLSearchParams({ to })}`)
