import { Hono } from 'hono'
import { ListMailBlocks } from '../../contract/mail-blocks.ts'
import { liftMailBlock, listMailBlocks } from '../../directory/mail-blocks.ts'
import { operatorOf, operatorOnly } from '../authentication.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/deployment.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { noBody, query } from '../validation.ts'

export const mailBlocks = new Hono<HttpEnvironment>()

mailBlocks.use(operatorOnly)

mailBlocks.get('/', describe(operation.listMailBlocks), query(ListMailBlocks), async (c) => {
  const { limit, cursor = null } = c.req.valid('query')
  const listed = await listMailBlocks(c.env.ACCOUNTS, { limit, cursor })
  return listed.ok ? c.json(present.list(listed.value, present.mailBlock)) : problem(c, listed.error)
})

mailBlocks.delete('/:block', describe(operation.liftMailBlock), noBody, async (c) => {
  const lifted = await liftMailBlock(c.env.ACCOUNTS, c.req.param('block'), operatorOf(c), Date.now())
  return lifted ? c.body(null, 204) : problem(c, { code: 'mail_block_not_found' })
})
