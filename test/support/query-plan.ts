/** A line of what SQLite answers to `explain query plan`. */
export interface Plan {
  readonly detail: string
}

const SCAN =
  /^SCAN (?!json_each|jsonb_each|CONSTANT|\(|\d+ CONSTANT|inviters|halves|member_half|invitation_half)(?!.*VIRTUAL TABLE)/
/** Where every row is of the same organization. */
const WHOLE_ORGANIZATION = /^SEARCH .*\(organization_id=\?\)$/

/**
 * Does a statement look at more rows than it answers with? Walking along an index, or rows in the order of their numbers,
 * ends with the page.
 */
export function isLong(sql: string, details: readonly string[], holds: 'one organization' | 'all'): boolean {
  const sorts = details.some((detail) => /TEMP B-TREE/.test(detail))
  const isPage = /\blimit \?/.test(sql) && !sorts
  const isAll = (detail: string) => holds === 'one organization' && WHOLE_ORGANIZATION.test(detail)
  return sorts || (details.some((detail) => SCAN.test(detail) || isAll(detail)) && !isPage)
}
