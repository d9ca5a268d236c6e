import { Hono } from 'hono'
import { ExportEvents, ListEvents, VerifyEvents } from '../../contract/events.ts'
import { checkpointsForExport, LOG_START, verifyLog } from '../../onboarding/verify-log.ts'
import { exportEvents } from '../../organization/event-export.ts'
import { jsonAnswer } from '../envelope.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/audit-log.ts'
import { organization, read, refused } from '../organization-call.ts'
import * as present from '../present.ts'
import { query } from '../validation.ts'

export const events = new Hono<HttpEnvironment>()

events.get('/', describe(operation.listEvents), query(ListEvents), (c) => {
  const { limit, cursor = null, type: types = [], actor, target, after_seq, from, to } = c.req.valid('query')
  const list = {
    type: 'ListEvents',
    types,
    actorId: actor ?? null,
    targetId: target ?? null,
    afterSeq: after_seq ?? null,
    from: from ?? null,
    to: to ?? null,
    page: { limit, cursor },
  } as const
  return read(c, list, (slice) => present.list(slice, present.event))
})

events.get('/verify', describe(operation.verifyEvents), query(VerifyEvents), async (c) => {
  const { cursor = LOG_START } = c.req.valid('query')
  const result = await verifyLog(c.env, organization(c).id, c.var.credential.caller, cursor)
  if (!result.ok) return refused(c, result)
  return jsonAnswer(c, present.verification(result), 200, { 'Muster-Revision': String(result.revision) })
})

events.get('/export', describe(operation.exportEvents), query(ExportEvents), async (c) => {
  const client = organization(c)
  const checkpoints = await checkpointsForExport(c.env, client.id)
  const exported = await exportEvents(client, c.var.credential.caller, c.req.valid('query').format, checkpoints)
  if (!exported.ok) return refused(c, exported)
  return c.body(exported.body, 200, { ...exported.headers, 'Muster-Revision': String(exported.revision) })
})
