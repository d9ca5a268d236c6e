import type * as z from 'zod'
import type { Description } from './description.ts'
import type { DocumentedRefusal } from './problem-examples.ts'

/** What a handler does to the requests of its route, as far as clients must know. The description is gathered from these. */
export interface RouteFacts {
  readonly description?: Description
  /** A page for people rather than an operation. */
  readonly page?: true
  readonly body?: z.ZodType
  readonly isBodyOptional?: true
  readonly query?: z.ZodType
  /** The query parameters that go with a CSV body. */
  readonly csv?: z.ZodType
  /** Lets nobody on without `Authorization: Bearer`. */
  readonly bearer?: true
  /** Looks at `Authorization: Bearer` where there is one. */
  readonly optionalBearer?: true
  /** The answer is about the organization of the path and carries its revision. */
  readonly ofOrganization?: true
  readonly refuses?: readonly DocumentedRefusal[]
  /** What it refuses of requests that may have a body. */
  readonly refusesBodies?: readonly DocumentedRefusal[]
}

const FACTS = Symbol('route facts')

/** Notes the facts on the handler itself: whoever registers it cannot forget them. */
export function documented<H extends object>(facts: RouteFacts, handler: H): H {
  return Object.assign(handler, { [FACTS]: facts })
}

export const factsOf = (handler: object): RouteFacts => (handler as { [FACTS]?: RouteFacts })[FACTS] ?? {}
