import { type Context, Hono } from 'hono'
import { isTyped, NOT_THE_NAME } from '../../confirmed-name.ts'
import type { PortalEnvironment } from '../../environment.ts'
import { redirectWith } from '../../flash.ts'
import { formBody } from '../../form-body.ts'
import { ask, carryOut } from '../../organization-call.ts'
import { refusalText } from '../../refusal-text.ts'
import { refusedPage } from '../../refused-page.tsx'
import { shellPage } from '../../shell-page.tsx'
import { SuccessorPage } from './successor-page.tsx'
import { TransferConfirmation } from './transfer-confirmation.tsx'

type Call = Context<PortalEnvironment>

const SHOWN = 20

/** Handing ownership to somebody else: first whom, then whether. */
export const transferRoutes = new Hono<PortalEnvironment>()

transferRoutes.get('/', async (c) => {
  const { workplace, visitor } = c.var
  const permission = 'owners:manage'
  if (!workplace.may(permission)) return refusedPage(c, { code: 'forbidden', permission })
  const query = c.req.query('query')?.trim() || null
  const listed = await ask(c, {
    type: 'ListMembers',
    ...{ statuses: ['active'], role: null, attributes: [], search: query },
    ...{ sort: { by: 'name', descending: false }, page: { limit: SHOWN, cursor: null } },
  })
  if (!listed.ok) return refusedPage(c, listed.error)
  const members = listed.value.items.filter(({ userId }) => userId !== visitor.user.id)
  return shellPage(
    c,
    { title: 'Transfer ownership', section: 'settings', reading: true },
    <SuccessorPage workplace={workplace} members={members} query={query} />,
  )
})

transferRoutes.get('/:member', (c) => showConfirmation(c))

transferRoutes.post('/:member', async (c) => {
  const { workplace } = c.var
  if (!isTyped(workplace, await formBody(c))) {
    return showConfirmation(c, { mistyped: NOT_THE_NAME })
  }
  const transferred = await carryOut(c, { type: 'TransferOwnership', memberId: c.req.param('member') })
  if (!transferred.ok) return showConfirmation(c, { refusal: refusalText(transferred.error) })
  return redirectWith(c, `${workplace.path}/members`, 'ownership_transferred')
})

interface Sent {
  readonly mistyped?: string
  readonly refusal?: string
}

async function showConfirmation(c: Call, { mistyped, refusal }: Sent = {}): Promise<Response> {
  const { workplace } = c.var
  const permission = 'owners:manage'
  if (!workplace.may(permission)) return refusedPage(c, { code: 'forbidden', permission })
  const found = await ask(c, { type: 'GetMember', memberId: c.req.param('member') ?? '' })
  if (!found.ok) return refusedPage(c, found.error)
  const status = mistyped !== undefined ? 422 : refusal !== undefined ? 409 : 200
  return shellPage(
    c,
    { title: 'Transfer ownership', section: 'settings', status },
    <TransferConfirmation workplace={workplace} member={found.value} mistyped={mistyped} refusal={refusal} />,
  )
}
