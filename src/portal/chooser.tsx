import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { directoriesOf } from '../directory/directories.ts'
import { listOrganizations } from '../directory/organizations.ts'
import { ownInvitations } from '../onboarding/own-invitations.ts'
import type { PortalEnvironment } from './environment.ts'
import { ChooserPage } from './pages/organizations/chooser-page.tsx'
import { shellPage } from './shell-page.tsx'

const ORGANIZATIONS_SHOWN = 50
/** Each is shown as its organization knows it now. */
const INVITATIONS_SHOWN = 20

const NONE = { items: [], nextCursor: null }

/** An answer to an invitation that was not taken. */
export interface NotTaken {
  readonly text: string
  readonly status: ContentfulStatusCode
}

/** Where to go, and which invitations wait for an answer. */
export async function showChooser(c: Context<PortalEnvironment>, notTaken?: NotTaken): Promise<Response> {
  const { settings, visitor } = c.var
  const { user } = visitor
  const now = Date.now()
  const cursorOf = (name: string) => (c.req.method === 'GET' && c.req.query(name)) || null
  const cursors = { organizations: cursorOf('cursor'), invitations: cursorOf('invitations') }
  const [listed, invited] = await Promise.all([
    listOrganizations(directoriesOf(c.env), {
      search: null,
      externalId: null,
      of: { userId: user.id },
      page: { limit: ORGANIZATIONS_SHOWN, cursor: cursors.organizations },
    }),
    ownInvitations(c.env, user, { limit: INVITATIONS_SHOWN, cursor: cursors.invitations }, now),
  ])
  const organizations = listed.ok ? listed.value : NONE
  const invitations = invited.ok ? invited.value : NONE
  const page = { organizations, invitations, cursors, settings, email: user.email, now }
  return shellPage(
    c,
    { title: settings.organization_label.plural, reading: true, status: notTaken?.status ?? 200 },
    <ChooserPage {...page} notTaken={notTaken?.text} />,
  )
}
