import { Hono } from 'hono'
import { ListEnvironmentEvents } from '../../contract/environment-events.ts'
import { listEnvironmentEvents } from '../../directory/environment-events.ts'
import { operatorOnly } from '../authentication.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/deployment.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { query } from '../validation.ts'

export const environmentEvents = new Hono<HttpEnvironment>()

environmentEvents.use(operatorOnly)

environmentEvents.get('/', describe(operation.listEnvironmentEvents), query(ListEnvironmentEvents), async (c) => {
  const { limit, cursor = null, type: types = [], actor, target, after_seq, from, to } = c.req.valid('query')
  const listed = await listEnvironmentEvents(c.env.ACCOUNTS, {
    types,
    actorId: actor ?? null,
    targetId: target ?? null,
    afterSeq: after_seq ?? null,
    from: from ?? null,
    to: to ?? null,
    page: { limit, cursor },
  })
  return listed.ok ? c.json(present.list(listed.value, present.environmentEvent)) : problem(c, listed.error)
})
