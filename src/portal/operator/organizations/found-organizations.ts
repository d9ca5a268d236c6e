import type { Context } from 'hono'
import { idPattern } from '../../../contract/fields.ts'
import { directoriesOf } from '../../../directory/directories.ts'
import { listOrganizations, type OrganizationsQuery } from '../../../directory/organizations.ts'
import type { Organization } from '../../../membership/organization.ts'
import type { Slice } from '../../../membership/queries.ts'
import type { Seats } from '../../../membership/seats.ts'
import { failureOf } from '../../../records/failure.ts'
import type { PortalEnvironment } from '../../environment.ts'
import { type ListChoice, PAGE_SIZE } from '../list-choice.ts'
import { ask } from '../organization-call.ts'

type Call = Context<PortalEnvironment>

export interface OrganizationsChoice extends ListChoice {
  readonly deleted: boolean
}

export interface FoundOrganization {
  readonly organization: Organization
  /** As the organization itself counts them; null for one that is deleted, or does not answer. */
  readonly seats: Seats | null
}

const ORGANIZATION_ID = idPattern('org')
const NOTHING: Slice<Organization> = { items: [], nextCursor: null }

/** By name and slug; on the first page also by what somebody would paste, an id or an external id. */
export async function findOrganizations(c: Call, choice: OrganizationsChoice): Promise<Slice<FoundOrganization>> {
  const { search, deleted, cursor } = choice
  const pasted = cursor === null && search !== null ? await ofPasted(c, search, deleted) : []
  const named = await list(c, { search, externalId: null, of: null, deleted, page: { limit: PAGE_SIZE, cursor } })
  const others = named.items.filter(({ id }) => pasted.every((one) => one.id !== id))
  const items = await Promise.all([...pasted, ...others].map((organization) => withSeats(c, organization)))
  return { items, nextCursor: named.nextCursor }
}

async function ofPasted(c: Call, text: string, deleted: boolean): Promise<readonly Organization[]> {
  const page = { limit: PAGE_SIZE, cursor: null }
  const { items } = ORGANIZATION_ID.test(text)
    ? await list(c, { search: null, externalId: null, of: { organizationId: text }, deleted, page })
    : await list(c, { search: null, externalId: text, of: null, deleted, page })
  return items
}

/** A cursor that is broken, or of another search, leads to nothing. */
async function list(c: Call, query: OrganizationsQuery): Promise<Slice<Organization>> {
  const listed = await listOrganizations(directoriesOf(c.env), query)
  if (!listed.ok) return NOTHING
  return { ...listed.value, items: listed.value.items.map(({ organization }) => organization) }
}

/** One that is out of reach leaves the list of the others as it is. */
async function withSeats(c: Call, organization: Organization): Promise<FoundOrganization> {
  if (organization.deletedAt !== null) return { organization, seats: null }
  try {
    const asked = await ask(c, organization.id, { type: 'GetSeats' })
    return { organization, seats: asked.ok ? asked.value : null }
  } catch (error) {
    console.warn({ message: 'seats not known', organization: organization.id, error: failureOf(error) })
    return { organization, seats: null }
  }
}
