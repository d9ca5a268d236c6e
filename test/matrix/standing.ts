import { as, operator } from '../support/api.ts'

/** Where an organization stands: its seats and the last entry of its log, to which every change adds. */
export async function standing({ path }: { path: string }): Promise<object> {
  const api = as(operator)
  const { body: seats } = await api.get(`${path}/seats`)
  const { body: events } = await api.get(`${path}/events?limit=1`)
  return { seats, last: events.data }
}
