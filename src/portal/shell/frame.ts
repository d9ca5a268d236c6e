import type { Visitor } from '../environment.ts'
import type { Flash } from '../flash.ts'
import type { Workplace } from '../workplace.ts'

/** What the shell shows around every page of a person who is signed in. */
export interface Frame {
  readonly visitor: Visitor
  readonly organizations: readonly OrganizationLink[]
  /** Whether there are more than those. */
  readonly hasMore: boolean
  /** The organization whose page this is; null on pages of one's own. */
  readonly workplace: Workplace | null
  readonly label: { readonly singular: string; readonly plural: string }
  readonly mayCreate: boolean
  readonly flash: Flash | null
}

export interface OrganizationLink {
  readonly id: string
  readonly name: string
  readonly slug: string
}
