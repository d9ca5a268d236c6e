import { type Context, Hono } from 'hono'
import { ExportEvents, VerifyEvents } from '../../../contract/events.ts'
import { MEMBER_STATUSES, type Member } from '../../../membership/member.ts'
import type { EventsView } from '../../../membership/queries.ts'
import { checkpointsForExport, LOG_START, verifyLog } from '../../../onboarding/verify-log.ts'
import { organizationClient } from '../../../organization/client.ts'
import { exportEvents } from '../../../organization/event-export.ts'
import { titleName } from '../../components/name.tsx'
import type { PortalEnvironment } from '../../environment.ts'
import { plainSentence, wholeSentence } from '../../event-sentence.ts'
import { withOperatorKeys } from '../../operator-key-names.ts'
import { ask, callerOf } from '../../organization-call.ts'
import { notFoundPage, refusedPage } from '../../refused-page.tsx'
import { shellPage } from '../../shell-page.tsx'
import { AuditLogPage } from './audit-log-page.tsx'
import { EntryPage } from './entry-page.tsx'
import { entryFilter, type LogChoice, logAddress, logChoice, logFilter } from './log-choice.ts'
import { VerificationPage } from './verification-page.tsx'

type Call = Context<PortalEnvironment>

const PEOPLE_FOUND = 8

/** What has happened in the organization, and the proof that nothing of it was changed. */
export const auditLogRoutes = new Hono<PortalEnvironment>()

auditLogRoutes.get('/', async (c) => {
  const { workplace } = c.var
  const mayFind = workplace.may('members:read')
  const asked = logChoice((name) => c.req.query(name))
  const choice = mayFind ? asked : { ...asked, search: null }
  const [viewed, people] = await Promise.all([
    ask(c, { type: 'ViewEvents', ...logFilter(choice) }),
    choice.search === null ? null : peopleFound(c, choice.search),
  ])
  // A cursor of another list, as after the filters were changed by hand, leads to the beginning of this one.
  if (!viewed.ok && viewed.error.code === 'invalid') return c.redirect(beginning(c, choice))
  if (!viewed.ok) return refusedPage(c, viewed.error)
  return shellPage(
    c,
    { title: 'Audit log', section: 'audit-log' },
    <AuditLogPage
      home={workplace.path}
      view={await namingKeys(c, viewed.value)}
      choice={choice}
      people={people}
      mayFind={mayFind}
    />,
  )
})

/** A long log is verified over several requests: the page shows how far it is and asks for the next part by itself. */
auditLogRoutes.get('/verification', async (c) => {
  const { data } = VerifyEvents.safeParse({ cursor: c.req.query('cursor') })
  const result = await verifyLog(c.env, c.var.workplace.id, callerOf(c), data?.cursor ?? LOG_START)
  if (!result.ok) return refusedPage(c, result.error)
  const { verified, headSeq, firstBrokenSeq } = result
  const home = c.var.workplace.path
  const path = `${home}/audit-log/verification`
  const isUnderWay = firstBrokenSeq === null && verified.seq < headSeq
  const next = isUnderWay ? `${path}?cursor=${verified.seq}.${verified.hash}` : null
  if (next !== null) c.header('Refresh', `0; url=${next}`)
  return shellPage(
    c,
    { title: 'Verification', section: 'audit-log', reading: true },
    <VerificationPage home={home} verification={result} next={next} />,
  )
})

auditLogRoutes.get('/export', async (c) => {
  const wanted = ExportEvents.safeParse({ format: c.req.query('format') })
  if (!wanted.success) return notFoundPage(c)
  const client = organizationClient(c.env.ORGANIZATION, c.var.workplace.id)
  const checkpoints = await checkpointsForExport(c.env, client.id)
  const exported = await exportEvents(client, callerOf(c), wanted.data.format, checkpoints)
  return exported.ok ? c.body(exported.body, 200, { ...exported.headers }) : refusedPage(c, exported.error)
})

auditLogRoutes.get('/:seq{[1-9][0-9]{0,14}}', async (c) => {
  const seq = Number(c.req.param('seq'))
  const viewed = await ask(c, { type: 'ViewEvents', ...entryFilter(seq) })
  if (!viewed.ok) return refusedPage(c, viewed.error)
  const { events, ...glossary } = await namingKeys(c, viewed.value)
  const [event, newer] = events.items
  if (event?.seq !== seq) return notFoundPage(c)
  const page = { home: c.var.workplace.path, event, glossary, hasNewer: newer !== undefined }
  const title = `Entry #${seq}: ${titleName(plainSentence(wholeSentence(event, glossary)))}`
  return shellPage(c, { title, section: 'audit-log', reading: true }, <EntryPage {...page} />)
})

const namingKeys = async (c: Call, view: EventsView): Promise<EventsView> => ({
  ...view,
  names: await withOperatorKeys(c.env.ACCOUNTS, view.events.items, view.names),
})

const beginning = (c: Call, choice: LogChoice): string =>
  logAddress(`${c.var.workplace.path}/audit-log`, { ...choice, cursor: null })

/** Former members too: what they did is still there. */
async function peopleFound(c: Call, search: string): Promise<readonly Member[]> {
  const listed = await ask(c, {
    type: 'ListMembers',
    statuses: MEMBER_STATUSES,
    role: null,
    search,
    sort: { by: 'name', descending: false },
    page: { limit: PEOPLE_FOUND, cursor: null },
  })
  return listed.ok ? listed.value.items : []
}
