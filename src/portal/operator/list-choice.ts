/** What of a list the operator wants to see, as the address of the page says it. */
export interface ListChoice {
  readonly search: string | null
  readonly cursor: string | null
}

export const PAGE_SIZE = 25
const MAX_SEARCH = 200

export const listChoice = (parameter: (name: string) => string | undefined): ListChoice => ({
  search: parameter('query')?.trim().toWellFormed().slice(0, MAX_SEARCH) || null,
  cursor: parameter('cursor') || null,
})

/** The address of the page that shows this; of what is null it says nothing. */
export function listAddress(path: string, parameters: { readonly [name: string]: string | null }): string {
  const said = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== null)
  return said.length === 0 ? path : `${path}?${new URLSearchParams(said)}`
}
