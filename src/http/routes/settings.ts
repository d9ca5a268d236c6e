import { Hono } from 'hono'
import { UpdateSettings } from '../../contract/settings.ts'
import { readSettings, updateSettings } from '../../directory/settings.ts'
import { operatorOf, operatorOnly } from '../authentication.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/deployment.ts'
import { body } from '../validation.ts'

export const settings = new Hono<HttpEnvironment>()

settings.use(operatorOnly)

settings.get('/', describe(operation.getSettings), async (c) => c.json(await readSettings(c.env.ACCOUNTS)))

settings.patch('/', describe(operation.updateSettings), body(UpdateSettings), async (c) =>
  c.json(await updateSettings(c.env.ACCOUNTS, c.req.valid('json'), operatorOf(c))),
)
