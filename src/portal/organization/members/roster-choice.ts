import { ListRoster } from '../../../contract/members.ts'
import { ROSTER_STATUSES, type RosterFilter, type RosterStatus } from '../../../membership/queries.ts'

/** What of a roster somebody wants to see, as the address of the page says it. */
export interface RosterChoice {
  readonly search: string | null
  readonly status: RosterStatus | null
  readonly role: string | null
  readonly sort: RosterFilter['sort']
  readonly cursor: string | null
}

const PAGE_SIZE = 50
const MAX_SEARCH = 200
const DEFAULT_SORT: RosterChoice['sort'] = { by: 'name', descending: false }

/** From the parameters of an address. What is unknown there counts as not chosen: old links still lead somewhere. */
export function rosterChoice(parameter: (name: string) => string | undefined): RosterChoice {
  const role = ListRoster.shape.role.safeParse(parameter('role') || undefined)
  const sort = ListRoster.shape.sort.safeParse(parameter('sort'))
  return {
    search: parameter('query')?.trim().toWellFormed().slice(0, MAX_SEARCH) || null,
    status: ROSTER_STATUSES.find((status) => status === parameter('status')) ?? null,
    role: (role.success && role.data) || null,
    sort: sort.success ? sort.data : DEFAULT_SORT,
    cursor: parameter('cursor') || null,
  }
}

export const rosterFilter = ({ search, status, role, sort, cursor }: RosterChoice): RosterFilter => ({
  ...{ search, role, sort },
  statuses: status === null ? ROSTER_STATUSES : [status],
  page: { limit: PAGE_SIZE, cursor },
})

export const isFiltered = ({ search, status, role }: RosterChoice): boolean =>
  search !== null || status !== null || role !== null

export const sortName = ({ by, descending }: RosterChoice['sort']): string => (descending ? `-${by}` : by)

/** The address of the page that shows this; of what is not chosen it says nothing. */
export function rosterAddress(path: string, { search, status, role, sort, cursor }: RosterChoice): string {
  const isDefault = sort.by === DEFAULT_SORT.by && !sort.descending
  const parameters = { query: search, status, role, sort: isDefault ? null : sortName(sort), cursor }
  const said = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== null)
  return said.length === 0 ? path : `${path}?${new URLSearchParams(said)}`
}
