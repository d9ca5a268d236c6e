import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { directoriesOf } from '../directory/directories.ts'
import { listOrganizations } from '../directory/organizations.ts'
import type { PortalEnvironment } from './environment.ts'
import { takeFlash } from './flash.ts'
import { isPartial } from './lead-to.ts'
import { page } from './page.ts'
import type { Frame } from './shell/frame.ts'
import { Shell, type ShellProps } from './shell/shell.tsx'

/** As many as one finds one's way among in a menu. */
const MAX_IN_MENU = 12

type ShellPage = Omit<ShellProps, 'frame' | 'children'> & { readonly status?: ContentfulStatusCode }

/** A page of a person who is signed in; in an organization's pages, with its navigation. */
export async function shellPage(
  c: Context<PortalEnvironment>,
  { status = 200, ...props }: ShellPage,
  content: Child,
): Promise<Response> {
  const frame = await frameOf(c)
  return page(
    c,
    <Shell frame={frame} {...props}>
      {content}
    </Shell>,
    status,
  )
}

async function frameOf(c: Context<PortalEnvironment>): Promise<Frame> {
  const { visitor, settings } = c.var
  const { reachOrganizationId: reach } = visitor.session
  const listed = await listOrganizations(directoriesOf(c.env), {
    search: null,
    externalId: null,
    of: reach === null ? { userId: visitor.user.id } : { organizationId: reach },
    page: { limit: MAX_IN_MENU, cursor: null },
  })
  return {
    visitor,
    workplace: c.get('workplace') ?? null,
    organizations: listed.ok ? listed.value.items.map(({ organization }) => organization) : [],
    hasMore: listed.ok && listed.value.nextCursor !== null,
    label: settings.organization_label,
    mayCreate: settings.sign_up_enabled && reach === null,
    flash: isPartial(c) ? null : takeFlash(c),
  }
}
