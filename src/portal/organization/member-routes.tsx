import { Hono } from 'hono'
import type { PortalEnvironment } from '../environment.ts'
import { ask } from '../organization-call.ts'
import { refusedPage } from '../refused-page.tsx'
import { shellPage } from '../shell-page.tsx'
import { MembersPage } from './members-page.tsx'

const PAGE_SIZE = 50

/** Who belongs to the organization, and who is invited. */
export const memberRoutes = new Hono<PortalEnvironment>()

memberRoutes.get('/', async (c) => {
  const query = c.req.query('query')?.trim() || null
  const cursor = c.req.query('cursor') ?? null
  const listed = await ask(c, {
    type: 'ListRoster',
    statuses: ['active', 'pending', 'suspended'],
    role: null,
    search: query,
    sort: { by: 'name', descending: false },
    page: { limit: PAGE_SIZE, cursor },
  })
  if (!listed.ok) return refusedPage(c, listed.error)
  const { workplace, visitor } = c.var
  return shellPage(
    c,
    { title: 'Members', section: 'members' },
    <MembersPage workplace={workplace} userId={visitor.user.id} people={listed.value} query={query} cursor={cursor} />,
  )
})
