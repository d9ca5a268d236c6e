import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { typeidUnboxed } from 'typeid-js'
import { BulkRow } from '../../../contract/bulk.ts'
import { CreateInvitation } from '../../../contract/invitations.ts'
import { configOf } from '../../../env.ts'
import { MAX_BULK_ROWS } from '../../../membership/invitation.ts'
import { OWNER } from '../../../membership/roles.ts'
import { parseCsv } from '../../../onboarding/bulk-csv.ts'
import { bulkInvitation, type Row } from '../../../onboarding/bulk-invitation.ts'
import { invitationTerms, linkFor } from '../../../onboarding/invitation-terms.ts'
import type { PortalEnvironment } from '../../environment.ts'
import { formBody } from '../../form-body.ts'
import { requireFreshProof } from '../../fresh-proof.tsx'
import { isPartial } from '../../lead-to.ts'
import { ask, callerOf, carryOut } from '../../organization-call.ts'
import { refusalText } from '../../refusal-text.ts'
import { refusedPage } from '../../refused-page.tsx'
import { shellPage } from '../../shell-page.tsx'
import { InvitationLink } from '../members/invitation-link.tsx'
import { outlookOf } from '../members/outlook.ts'
import { csvFile } from './csv-file.ts'
import { FileForm } from './file-form.tsx'
import { InviteForm } from './invite-form.tsx'
import { pastedAddresses } from './pasted-addresses.ts'
import { Preview } from './preview.tsx'
import { Progress, Result, ROWS_IN_PART } from './run.tsx'
import { type Batch, batchIn, NO_WISH, rowsFields, rowsIn, type Wish, wishIn } from './wish.ts'

type InviteContext = Context<PortalEnvironment>

const TITLE = { title: 'Invite people', section: 'members' } as const
const MAX_FORM_BYTES = 512 * 1024

/** Whom to invite, what would become of it, and having it done. Between the three, the list travels in the form. */
export const inviteRoutes = new Hono<PortalEnvironment>()

/** The pages say at once what the organization would say in the end. */
const mayInvite = createMiddleware<PortalEnvironment>(async (c, next) => {
  if (c.var.workplace.may('members:manage')) return next()
  return refusedPage(c, { code: 'forbidden', permission: 'members:manage' })
})

inviteRoutes.use(
  mayInvite,
  bodyLimit({
    maxSize: MAX_FORM_BYTES,
    onError: (c) => showForm(c, NO_WISH, 'This is too much at once: at most 512 KiB.', 413),
  }),
)

inviteRoutes.get('/', (c) => showForm(c, NO_WISH))

inviteRoutes.post('/', async (c) => {
  const form = await formBody(c)
  const wish = wishIn(form)
  if (form.text('step') === 'edit') return showForm(c, wish)
  const pasted = pastedAddresses(wish.addresses)
  const problem = problemOf(pasted.length, wish)
  if (problem !== null) return showForm(c, wish, problem)
  const named = wish.name === '' ? pasted : pasted.map(({ email, name }) => ({ email, name: name ?? wish.name }))
  return showPreview(c, pasted.length === 1 ? named : pasted, wish, 'addresses')
})

inviteRoutes.get('/file', (c) => showFileForm(c, NO_WISH.role))

inviteRoutes.post('/file', async (c) => {
  const form = await formBody(c)
  const { role } = wishIn(form)
  const read = rowsIn(form)
  if (read !== null) return showPreview(c, read, { ...NO_WISH, role }, 'file')
  const text = await csvFile(c)
  if (text === null) return showFileForm(c, role, ['Choose a file.'])
  const rows = parseCsv(text)
  if (!rows.ok) return showFileForm(c, role, rows.error.errors.map(lineProblem))
  return showPreview(c, rows.value, { ...NO_WISH, role }, 'file')
})

inviteRoutes.post('/send', async (c) => {
  const form = await formBody(c)
  const batch = batchIn(form)
  if (batch === null) return showForm(c, NO_WISH, 'This list could not be read. Begin anew.')
  if (form.text('without_mail') === 'on') return inviteByLink(c, batch)
  return invite(c, batch)
})

inviteRoutes.get('/send', (c) => c.redirect(`${c.var.workplace.path}/members/invite`))

function problemOf(count: number, { withoutMail, name }: Wish): string | null {
  if (count === 0) return 'Name at least one address.'
  if (count > MAX_BULK_ROWS) return `At most ${MAX_BULK_ROWS.toLocaleString('en')} at once; these are ${count}.`
  if (withoutMail && count > 1) return 'Without mail, one person at a time.'
  if (name !== '' && !BulkRow.shape.name.safeParse(name).success) return 'This name cannot be taken.'
  return null
}

/** Rows are counted as a spreadsheet does, whose first is the header. */
function lineProblem({ path, message }: { readonly path: string; readonly message: string }): string {
  const row = /^rows\.(\d+)/.exec(path)?.[1]
  if (row !== undefined) return `Line ${Number(row) + 2}: ${message}`
  return path === '' ? message : `${path}: ${message}`
}

async function showForm(
  c: InviteContext,
  wish: Wish,
  error: string | null = null,
  status: ContentfulStatusCode = error === null ? 200 : 422,
): Promise<Response> {
  const team = await ask(c, { type: 'ViewTeam', roster: null })
  if (!team.ok) return refusedPage(c, team.error)
  const form = { home: c.var.workplace.path, outlook: outlookOf(c, team.value), wish, error }
  return shellPage(c, { ...TITLE, reading: true, status }, <InviteForm {...form} />)
}

async function showFileForm(c: InviteContext, role: string, errors: readonly string[] = []): Promise<Response> {
  const team = await ask(c, { type: 'ViewTeam', roster: null })
  if (!team.ok) return refusedPage(c, team.error)
  const form = { home: c.var.workplace.path, outlook: outlookOf(c, team.value), role, errors }
  return shellPage(c, { ...TITLE, reading: true, status: errors.length === 0 ? 200 : 422 }, <FileForm {...form} />)
}

async function showPreview(
  c: InviteContext,
  rows: readonly Row[],
  wish: Wish,
  way: 'addresses' | 'file',
): Promise<Response> {
  const command = bulkInvitation(rows, { role: wish.role, mode: 'each', dryRun: true }, invitationTerms(c.var.settings))
  const [team, tried] = await Promise.all([ask(c, { type: 'ViewTeam', roster: null }), carryOut(c, command)])
  if (!team.ok) return refusedPage(c, team.error)
  if (!tried.ok) return refusedPage(c, tried.error)
  // Before the list goes in parts, which have no page of their own to ask on.
  if (command.rows.some(({ role }) => role === OWNER)) {
    await requireFreshProof(c, way === 'file' ? rowsFields(rows, wish.role) : undefined)
  }
  const page = { home: c.var.workplace.path, outlook: outlookOf(c, team.value), once: newKey(), rows, wish, way }
  return shellPage(c, { ...TITLE, title: 'Check and send' }, <Preview {...page} {...tried.value} />)
}

const newKey = (): string => typeidUnboxed()

/** The script asks for part after part; a form that is sent by itself has it all done. */
async function invite(c: InviteContext, { key, role, rows, done }: Batch): Promise<Response> {
  const part = isPartial(c) ? rows.slice(0, ROWS_IN_PART) : rows
  const once = { key: `${key}.${done.length}`, content: JSON.stringify([role, part]) }
  const command = bulkInvitation(part, { role, mode: 'each', dryRun: false }, invitationTerms(c.var.settings))
  const invited = await carryOut(c, command, once)
  if (!invited.ok && done.length === 0) return refusedPage(c, invited.error)
  const soFar = invited.ok
    ? [...done, ...invited.value.results.map(({ email, outcome }) => ({ email, outcome }))]
    : done
  const rest = invited.ok ? rows.slice(part.length) : []
  const home = c.var.workplace.path
  if (rest.length > 0) {
    const batch = { key, role, rows: rest, done: soFar }
    return shellPage(c, { ...TITLE, title: 'Sending' }, <Progress path={`${home}/members/invite/send`} batch={batch} />)
  }
  const team = await ask(c, { type: 'ViewTeam', roster: null })
  if (!team.ok) return refusedPage(c, team.error)
  const error = invited.ok ? null : refusalText(invited.error)
  const page = { home, done: soFar, outlook: outlookOf(c, team.value), seats: team.value.seats, error }
  return shellPage(c, { ...TITLE, title: 'Invited' }, <Result {...page} />)
}

/** For one person, without a mail: the link is shown, now and whenever it is asked for on their row. */
async function inviteByLink(c: InviteContext, { key, role, rows }: Batch): Promise<Response> {
  const [row] = rows
  const parsed = CreateInvitation.safeParse({
    email: row?.email,
    name: row?.name ?? null,
    role: row?.role ?? role,
    send_email: false,
  })
  if (!parsed.success || rows.length !== 1) return showForm(c, NO_WISH, 'Without mail, one person at a time.')
  const { email, name, role: given } = parsed.data
  const command = {
    type: 'InviteMember',
    invitationId: typeidUnboxed('inv'),
    ...{ email, name, role: given, expiresAt: null, sendEmail: false },
    ...invitationTerms(c.var.settings),
  } as const
  const invited = await carryOut(c, command, { key, content: JSON.stringify([given, row]) })
  if (!invited.ok)
    return showForm(
      c,
      { addresses: email, name: name ?? '', role: given, withoutMail: true },
      refusalText(invited.error),
    )
  const url = linkFor(callerOf(c), configOf(c.env), invited.value)
  if (url === null) throw new Error('A link that was not mailed proves nothing, so its maker may see it')
  const page = { email, url, back: `${c.var.workplace.path}/members` }
  return shellPage(c, { ...TITLE, title: 'Invitation link' }, <InvitationLink {...page} />)
}
