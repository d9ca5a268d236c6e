import { Hono } from 'hono'
import { UpdateSettings } from '../../contract/settings.ts'
import { readSettings, updateSettings } from '../../directory/settings.ts'
import { operatorOnly } from '../authentication.ts'
import type { HttpEnvironment } from '../environment.ts'
import { body } from '../validation.ts'

export const settings = new Hono<HttpEnvironment>()

settings.use(operatorOnly)

settings.get('/', async (c) => c.json(await readSettings(c.env.DIRECTORY)))

settings.patch('/', body(UpdateSettings), async (c) =>
  c.json(await updateSettings(c.env.DIRECTORY, c.req.valid('json'))),
)
