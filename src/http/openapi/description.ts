import type { MiddlewareHandler } from 'hono'
import type * as z from 'zod'
import type { Permission } from '../../membership/permissions.ts'
import type { OperatorPermission } from '../../membership/rejection.ts'
import type { HeaderName } from './headers.ts'
import type { DocumentedRefusal } from './problem-examples.ts'
import { documented } from './route-facts.ts'

/** In the order of the documentation. */
export const TAGS = {
  'Sign-in': 'Proving who one is, by a code or a link that is mailed.',
  Organizations: 'The teams of the product.',
  Members: 'Who belongs to an organization, and in which role.',
  Invitations: 'Asking people in, one by one or many at once.',
  'Invitation links': 'For whoever holds the link of an invitation: the link is the credential.',
  Access: 'May this person do that here? The question that a product asks with every request.',
  Roles: 'The built-in roles, and those of the organization itself.',
  'API keys': 'Credentials of one organization.',
  'Audit log': 'Who did what, in a chain that shows tampering.',
  Users: 'People across organizations. For the operator.',
  'Own account': 'What people see and decide of themselves.',
  'User attributes': 'What the product wants to know about people beside name and address. For the operator.',
  'Operator keys': 'Named keys of the operator, for its own systems and people. For the root key alone.',
  Settings: 'What the operator decides for all organizations.',
  Service: 'The service itself.',
} as const

/** Headers that an operation may heed: a repeated call is answered alike, and only a known revision is changed. */
export type RequestHeader = 'Idempotency-Key' | 'If-Match' | 'Muster-Device'

/** What a command to one resource of an organization heeds. */
export const CONDITIONS: readonly RequestHeader[] = ['Idempotency-Key', 'If-Match']

/** What the operation says of itself. Parameters, body, credential and what guards the route are known from its handlers. */
export interface Description {
  /** The operationId: unique, stable, lowerCamelCase. */
  readonly id: string
  readonly summary: string
  readonly description?: string
  readonly tag: keyof typeof TAGS
  /** What a caller needs who is not the person concerned; `operator`, `user` or `session` where nobody else may. */
  readonly permission?: Permission | OperatorPermission | 'user' | 'session'
  /** Changes nothing, although it is a POST: an operator key that only reads may call it. */
  readonly onlyReads?: true
  readonly heeds?: readonly RequestHeader[]
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>
  /** Beside what its guards refuse. */
  readonly refuses?: readonly DocumentedRefusal[]
}

export interface Answer {
  readonly description: string
  /** By media type; absent where there is no body. */
  readonly content?: Readonly<Record<string, Content>>
  /** Names it where the route itself is not below an organization. */
  readonly ofOrganization?: true
  /** Beside those of all answers. */
  readonly headers?: readonly HeaderName[]
}

/** A schema of the contract; or an example of a text, with the schema of its lines if they are JSON. */
export type Content = { readonly schema: z.ZodType } | { readonly text: string; readonly line?: z.ZodType }

export const json = (description: string, schema: z.ZodType): Answer => ({
  description,
  content: { 'application/json': { schema } },
})

/** An answer that shows one resource of an organization. */
export const resource = (description: string, schema: z.ZodType): Answer => ({
  ...json(description, schema),
  headers: ['ETag'],
})

export const nothing = (description: string): Answer => ({ description })

/** Before the other handlers of a route. Changes nothing but the API's description. */
export const describe = (description: Description): MiddlewareHandler =>
  documented({ description }, (_, next) => next())

/** Before the handlers of a page. */
export const page: MiddlewareHandler = documented({ page: true }, (_, next) => next())
