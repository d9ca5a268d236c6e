import { type Context, Hono } from 'hono'
import { id } from '../../contract/fields.ts'
import { organizationClient } from '../../organization/client.ts'
import { Confirm } from '../components/confirm.tsx'
import { Name } from '../components/name.tsx'
import type { PortalEnvironment } from '../environment.ts'
import { redirectWith } from '../flash.ts'
import { OwnDepartureList } from '../organization/members/departure-list.tsx'
import { refusalText } from '../refusal-text.ts'
import { notFoundPage, refusedPage } from '../refused-page.tsx'
import { shellPage } from '../shell-page.tsx'

const LEAVE = '/account/organizations/:organization/leave'
const organizationId = id('org')

/** Everybody may go. Not among the pages of the organization: those are closed to whoever is suspended. */
export const leaveRoutes = new Hono<PortalEnvironment>()

leaveRoutes.get(LEAVE, (c) => askToLeave(c, c.req.param('organization'), null))

leaveRoutes.post(LEAVE, async (c) => {
  const organization = c.req.param('organization')
  if (!organizationId.safeParse(organization).success) return notFoundPage(c)
  const caller = { type: 'user', userId: c.var.visitor.user.id } as const
  const client = organizationClient(c.env.ORGANIZATION, organization)
  const left = await client.execute({ caller, command: { type: 'Leave' } })
  if (left.ok) return redirectWith(c, '/account', 'organization_left')
  if (left.error.code === 'last_owner') return askToLeave(c, organization, refusalText(left.error))
  return refusedPage(c, left.error)
})

async function askToLeave(c: Context<PortalEnvironment>, organization: string, error: string | null) {
  if (!organizationId.safeParse(organization).success) return notFoundPage(c)
  const caller = { type: 'user', userId: c.var.visitor.user.id } as const
  const client = organizationClient(c.env.ORGANIZATION, organization)
  const asked = await client.read(caller, { type: 'GetOrganization' })
  if (!asked.ok && asked.error.code === 'not_found') return refusedPage(c, asked.error)
  const preview = await client.execute({ caller, command: { type: 'PreviewDeparture' } })
  return shellPage(
    c,
    { title: 'Leave', reading: true, status: error === null ? 200 : 409 },
    <Confirm
      title="Leave?"
      action={`/account/organizations/${organization}/leave`}
      verb="Leave"
      cancel="/account"
      error={error}
    >
      <p>
        You lose access to {asked.ok ? <Name>{asked.value.name}</Name> : c.var.settings.organization_label.singular} at
        once. To come back, you have to be invited again.
      </p>
      <OwnDepartureList entries={preview.ok ? preview.value : []} />
    </Confirm>,
  )
}
