import type { Context } from 'hono'
import { directoryOf } from '../../../directory/directories.ts'
import { knownOrganization } from '../../../directory/organizations.ts'
import type { Organization } from '../../../membership/organization.ts'
import type { EventsView, RosterEntry, TeamView } from '../../../membership/queries.ts'
import { OWNER } from '../../../membership/roles.ts'
import type { PortalEnvironment } from '../../environment.ts'
import { withOperatorKeys } from '../../operator-key-names.ts'
import { ask } from '../organization-call.ts'

const OWNERS_SHOWN = 20
const EVENTS_SHOWN = 10
const NEWEST_EVENTS = {
  ...{ types: [], actorId: null, targetId: null, from: null, to: null, afterSeq: null },
  page: { limit: EVENTS_SHOWN, cursor: null },
} as const

export interface LivingOrganization {
  readonly organization: Organization
  readonly revision: number
  /** Of the organization's own row, which the forms change. */
  readonly rowRevision: number | undefined
  readonly team: TeamView
  /** Active or suspended, as many as one looks through. */
  readonly owners: readonly RosterEntry[]
  readonly log: EventsView
}

/** As far as the directory has followed; null where it has not been told yet. */
export interface DeletedOrganization {
  readonly organization: Organization
  readonly deletedAt: number | null
}

/** What an organization says of itself, or where it says nothing any more, what the directory knows of it. */
export type OrganizationView =
  | { readonly living: LivingOrganization; readonly deleted: null }
  | { readonly living: null; readonly deleted: DeletedOrganization }

/** Null: there is no such organization. */
export async function viewOrganization(c: Context<PortalEnvironment>, id: string): Promise<OrganizationView | null> {
  const roster = {
    statuses: ['active', 'suspended'],
    role: OWNER,
    search: null,
    sort: { by: 'name', descending: false },
    page: { limit: OWNERS_SHOWN, cursor: null },
  } as const
  const [asked, log] = await Promise.all([
    ask(c, id, { type: 'ViewTeam', roster }),
    ask(c, id, { type: 'ViewEvents', ...NEWEST_EVENTS }),
  ])
  if (asked.ok && log.ok) {
    const { value: team, revision, rowRevision } = asked
    const { organization, roster: owners } = team
    const names = await withOperatorKeys(c.env.ACCOUNTS, log.value.events.items, log.value.names)
    const living = {
      organization,
      revision,
      rowRevision,
      team,
      owners: owners?.items ?? [],
      log: { ...log.value, names },
    }
    return { living, deleted: null }
  }
  const directory = await directoryOf(c.env, id)
  const organization = directory && (await knownOrganization(directory, id))
  return organization && { living: null, deleted: { organization, deletedAt: organization.deletedAt } }
}
