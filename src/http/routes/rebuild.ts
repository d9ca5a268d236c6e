import { Hono } from 'hono'
import { RebuildAll, RebuildObjects } from '../../contract/organizations.ts'
import { rebuildNext, rebuildObjects } from '../../onboarding/rebuild-directory.ts'
import { operatorOnly } from '../authentication.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/organizations.ts'
import { takesNoCondition } from '../organization-call.ts'
import * as present from '../present.ts'
import { body } from '../validation.ts'

export const rebuild = new Hono<HttpEnvironment>()

rebuild.use(operatorOnly)

rebuild.post('/', describe(operation.rebuildOrganizations), body(RebuildAll), async (c) => {
  const refusal = takesNoCondition(c)
  if (refusal !== null) return refusal
  const { objectIds, nextCursor, ...progress } = await rebuildNext(c.env, c.req.valid('json').cursor)
  return c.json({ ...present.rebuildProgress(progress), object_ids: objectIds, next_cursor: nextCursor })
})

rebuild.post('/objects', describe(operation.rebuildObjects), body(RebuildObjects), async (c) => {
  const refusal = takesNoCondition(c)
  return refusal ?? c.json(present.rebuildProgress(await rebuildObjects(c.env, c.req.valid('json').object_ids)))
})
