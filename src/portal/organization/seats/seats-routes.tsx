import { Hono } from 'hono'
import type { PortalEnvironment } from '../../environment.ts'
import { ask } from '../../organization-call.ts'
import { refusedPage } from '../../refused-page.tsx'
import { shellPage } from '../../shell-page.tsx'
import { outlookOf } from '../members/outlook.ts'
import { SeatsPage } from './seats-page.tsx'

const PENDING_SHOWN = 20

export const SEATS_QUESTION = {
  type: 'ViewTeam',
  roster: {
    statuses: ['pending'],
    role: null,
    search: null,
    sort: { by: 'date', descending: true },
    page: { limit: PENDING_SHOWN, cursor: null },
  },
} as const

/** How many seats there are, and who takes them. */
export const seatsRoutes = new Hono<PortalEnvironment>()

seatsRoutes.get('/', async (c) => {
  const viewed = await ask(c, SEATS_QUESTION)
  if (!viewed.ok) return refusedPage(c, viewed.error)
  const page = {
    home: c.var.workplace.path,
    outlook: outlookOf(c, viewed.value),
    pending: viewed.value.roster?.items ?? [],
  }
  return shellPage(c, { title: 'Seats', section: 'seats', reading: true }, <SeatsPage {...page} />)
})
