import { Hono } from 'hono'
import { readSettings, updateSettings } from '../../../directory/settings.ts'
import { actorOf } from '../../../membership/actor.ts'
import type { PortalEnvironment } from '../../environment.ts'
import { redirectWith } from '../../flash.ts'
import { formBody } from '../../form-body.ts'
import { operatorPage } from '../operator-page.tsx'
import { settingsFromForm } from './settings-form.ts'
import { SETTINGS_PATH, SettingsPage } from './settings-page.tsx'

const FRAME = { title: 'Settings', section: 'settings', reading: true } as const

/** What holds for all organizations. */
export const settingsRoutes = new Hono<PortalEnvironment>()

settingsRoutes.get('/', async (c) =>
  operatorPage(c, FRAME, <SettingsPage settings={await readSettings(c.env.ACCOUNTS)} />),
)

settingsRoutes.post('/', async (c) => {
  const fields = await formBody(c)
  const changes = settingsFromForm(fields)
  if (changes.ok) {
    await updateSettings(c.env.ACCOUNTS, changes.value, actorOf(c.var.operator))
    return redirectWith(c, SETTINGS_PATH, 'settings_saved')
  }
  const settings = await readSettings(c.env.ACCOUNTS)
  return operatorPage(
    c,
    { ...FRAME, status: 422 },
    <SettingsPage settings={settings} typed={fields.text} errors={changes.error} />,
  )
})
