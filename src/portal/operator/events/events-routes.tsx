import { Hono } from 'hono'
import { accountsOf } from '../../../accounts/people.ts'
import { listEnvironmentEvents } from '../../../directory/environment-events.ts'
import { ENVIRONMENT_EVENT_TYPES, type EnvironmentEvent } from '../../../membership/environment-event.ts'
import type { Names } from '../../../membership/queries.ts'
import type { PortalEnvironment } from '../../environment.ts'
import { withOperatorKeys } from '../../operator-key-names.ts'
import { listChoice, PAGE_SIZE } from '../list-choice.ts'
import { nothingHere, operatorPage } from '../operator-page.tsx'
import { type EventsChoice, EventsPage } from './events-page.tsx'

/** The log of the deployment. */
export const eventsRoutes = new Hono<PortalEnvironment>()

eventsRoutes.get('/', async (c) => {
  const type = ENVIRONMENT_EVENT_TYPES.find((one) => one === c.req.query('type')) ?? null
  const choice: EventsChoice = { ...listChoice((name) => c.req.query(name)), type }
  const everything = { actorId: null, afterSeq: null, from: null, to: null }
  const listed = await listEnvironmentEvents(c.env.ACCOUNTS, {
    ...everything,
    types: type === null ? [] : [type],
    targetId: choice.search,
    page: { limit: PAGE_SIZE, cursor: choice.cursor },
  })
  if (!listed.ok) return nothingHere(c)
  const names = await namesIn(c.env.ACCOUNTS, listed.value.items)
  return operatorPage(
    c,
    { title: 'Events', section: 'events' },
    <EventsPage events={listed.value} names={names} choice={choice} />,
  )
})

/** The log names nobody: how people are called now, their accounts say, as long as there are any. */
async function namesIn(accounts: D1Database, events: readonly EnvironmentEvent[]): Promise<Names> {
  const ids = new Set(
    events.flatMap(({ actor, target }) => [actor, target].flatMap(({ type, id }) => userId(type, id))),
  )
  const people = await accountsOf(accounts, [...ids])
  const names = Object.fromEntries(people.map(({ userId, name, email }) => [userId, name ?? email]))
  return withOperatorKeys(accounts, events, names)
}

const userId = (type: string, id: string | null): string[] => (type === 'user' && id !== null ? [id] : [])
