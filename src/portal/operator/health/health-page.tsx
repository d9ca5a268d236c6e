import type { DatabaseSize } from '../../../directory/database-sizes.ts'
import type { DeploymentHealth } from '../../../onboarding/deployment-health.ts'
import { COUNTED_UP_TO } from '../../../records/waiting.ts'
import { Alert } from '../../components/alert.tsx'
import { Badge } from '../../components/badge.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'
import { Time } from '../../components/time.tsx'
import { Action } from '../../organization/member/action.tsx'
import { counted } from '../../readable-time.ts'
import { type Finding, findings, isSweepDue, type State } from './findings.ts'

interface HealthPageProps {
  readonly health: DeploymentHealth
  /** Epoch milliseconds: as of when. */
  readonly now: number
}

export const HealthPage = ({ health, now }: HealthPageProps) => {
  const found = findings(health, now)
  const filling = health.databases.filter(({ state }) => state !== 'ok')
  const troubles =
    found.filter(({ state }) => state === 'attention').length + (isSweepDue(health, now) ? 1 : 0) + filling.length
  return (
    <>
      <PageHeader title="Health">
        As the databases knew it on <Time at={now} precision="minute" />.
      </PageHeader>
      {troubles === 0 ? (
        <Alert tone="good">All is well. What waits is done by itself.</Alert>
      ) : (
        <Alert tone="warning">{counted(troubles, 'thing')} below to look at.</Alert>
      )}
      <SweepPanel health={health} isDue={isSweepDue(health, now)} />
      <Panel title="Waiting">
        <ul class="list">
          {found.map((finding) => (
            <FindingItem {...finding} />
          ))}
        </ul>
      </Panel>
      <LaggingPanel ids={health.lagging} />
      <MailPanel health={health} />
      <DatabasesPanel databases={health.databases} />
    </>
  )
}

interface SweepPanelProps {
  readonly health: DeploymentHealth
  readonly isDue: boolean
}

const SweepPanel = ({ health: { sweep }, isDue }: SweepPanelProps) => (
  <Panel title="Sweep" lead="Cron runs every five minutes, and finishes what was left behind.">
    <ul class="list">
      <Action title="Last run" text={isDue ? SWEEP_ADVICE : 'It did all of its chores.'}>
        <span class="finding">
          <span class="figure">{sweep === null ? 'Never' : <Time at={sweep.at} precision="minute" />}</span>
          <Badge tone={isDue ? 'warning' : 'good'}>{isDue ? 'Look at it' : 'Good'}</Badge>
        </span>
      </Action>
      {sweep?.failed.map((name) => (
        <Action title={choreTitle(name)} text="This chore failed in the last run. The logs say why.">
          <Badge tone="warning">Failed</Badge>
        </Action>
      ))}
      {sweep?.unfinished.map((name) => (
        <Action title={choreTitle(name)} text="There was more to do than fits into one run. The next run goes on.">
          <Badge tone="accent">Under way</Badge>
        </Action>
      ))}
    </ul>
  </Panel>
)

const SWEEP_ADVICE = 'See whether the cron trigger of the worker is there, and what the logs say of its runs.'

/** A chore of a directory carries the directory's name. */
function choreTitle(name: string): string {
  const [chore = name, directory] = name.split('@')
  const title = CHORES[chore] ?? chore
  return directory === undefined || directory === 'DIRECTORY' ? title : `${title} in ${directory}`
}

const CHORES: { readonly [name: string]: string } = {
  expireInvitations: 'Expiring invitations',
  settleClaims: 'Settling claims',
  assertClaims: 'Looking for lost claims',
  wakeLagging: 'Waking organizations that lag',
  wakeWaiting: 'Waking organizations with unsent mails or changes',
  wakeInTurn: 'Waking all organizations in turn',
  followUnsettled: 'Bringing changes of people to their organizations',
  finishClosings: 'Finishing deletions of accounts',
  eraseRemains: 'Erasing what is left of deleted accounts',
  eraseDeleted: 'Erasing deleted organizations',
  sendAccountMails: 'Sending mails about accounts',
  sendDelayedMails: 'Sending delayed invitation mails',
  forgetOld: 'Deleting sessions, codes and counts that are over',
  forgetErased: 'Forgetting the ids of erased organizations',
  sweepLogs: 'Deleting old entries of the authentication log',
}

const FindingItem = ({ title, state, waiting, meaning, advice }: Finding) => (
  <Action title={title} text={state === 'attention' ? `${meaning} ${advice}` : meaning}>
    <span class="finding">
      {waiting.since !== null && (
        <span class="small">
          since <Time at={waiting.since} precision="minute" />
        </span>
      )}
      <span class="figure">{figure(waiting.count)}</span>
      <Badge tone={TONES[state]}>{STATES[state]}</Badge>
    </span>
  </Action>
)

const STATES: { readonly [state in State]: string } = { good: 'Good', busy: 'Under way', attention: 'Look at it' }
const TONES = { good: 'good', busy: 'accent', attention: 'warning' } as const

const figure = (count: number): string => (count === COUNTED_UP_TO ? `${count} or more` : String(count))

const LaggingPanel = ({ ids }: { readonly ids: readonly string[] }) =>
  ids.length === 0 ? null : (
    <Panel title="Behind for more than ten minutes" lead="The longest first. Each can be rebuilt on its page.">
      <ul class="list">
        {ids.map((id) => (
          <li>
            <a class="title" href={`/operator/organizations/${id}`}>
              <code>{id}</code>
            </a>
          </li>
        ))}
      </ul>
    </Panel>
  )

const MailPanel = ({ health: { mail } }: { readonly health: DeploymentHealth }) => (
  <Panel title="Mail in 24 hours">
    <ul class="list">
      <Action title="Sent" text="The mail server has taken them.">
        <span class="figure">{figure(mail.sent.count)}</span>
      </Action>
      <Action
        title="In the queue"
        text="Only the platform knows how many mails wait: see muster-mail, muster-codes and muster-mail-dead in its dashboard."
      />
    </ul>
  </Panel>
)

/** A D1 database holds 10 GB. */
const DatabasesPanel = ({ databases }: { readonly databases: readonly DatabaseSize[] }) => (
  <Panel title="Databases" lead="Each D1 database can hold 10 GB.">
    <ul class="list">
      {databases.map(({ name, bytes, percent, state }) => (
        <Action title={name} text={state === 'nearly_full' ? `${contentOf(name)} ${adviceFor(name)}` : contentOf(name)}>
          <span class="finding">
            {bytes !== null && <span class="small">{percent} %</span>}
            <span class="figure">{bytes === null ? 'Unknown' : readableBytes(bytes)}</span>
            <Badge tone={SIZE_TONES[state]}>{SIZE_STATES[state]}</Badge>
          </span>
        </Action>
      ))}
    </ul>
  </Panel>
)

const SIZE_STATES = { ok: 'Good', nearly_full: 'Nearly full', unreachable: 'Out of reach' } as const
const SIZE_TONES = { ok: 'good', nearly_full: 'warning', unreachable: 'warning' } as const

function contentOf(name: string): string {
  if (name === 'ACCOUNTS') return 'People, how they sign in, settings, claims and mails.'
  return name === 'LOGS' ? 'The authentication log.' : 'Copies of organizations, their members and invitations.'
}

const adviceFor = (name: string): string =>
  name.startsWith('DIRECTORY')
    ? 'Add a directory for new organizations.'
    : 'When it is full, nothing can be written to it any more.'

const readableBytes = (bytes: number): string =>
  bytes < 1_000_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1_000_000_000).toFixed(2)} GB`
