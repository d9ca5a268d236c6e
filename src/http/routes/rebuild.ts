import { Hono } from 'hono'
import { RebuildAll } from '../../contract/organizations.ts'
import { rebuildNext } from '../../onboarding/rebuild-directory.ts'
import { operatorOnly } from '../authentication.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/organizations.ts'
import { body } from '../validation.ts'

export const rebuild = new Hono<HttpEnvironment>()

rebuild.use(operatorOnly)

rebuild.post('/', describe(operation.rebuildOrganizations), body(RebuildAll), async (c) => {
  const { rebuilt, failed, nextCursor } = await rebuildNext(c.env, c.req.valid('json').cursor)
  return c.json({ object: 'rebuild_progress', rebuilt, failed, next_cursor: nextCursor })
})
