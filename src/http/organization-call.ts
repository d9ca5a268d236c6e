import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { withOrigin } from '../accounts/authentication-log.ts'
import { idPattern } from '../contract/fields.ts'
import { claimedDirectory } from '../directory/directories.ts'
import { isNearbyQuery, type NearbyRead, readNearby } from '../directory/read-nearby.ts'
import type { Caller } from '../membership/actor.ts'
import type { Command, ValueOf } from '../membership/commands.ts'
import type { AnswerOf, Query } from '../membership/queries.ts'
import type { Rejection } from '../membership/rejection.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { freshCaller } from '../onboarding/fresh-proof.ts'
import { type OrganizationClient, organizationClient } from '../organization/client.ts'
import type { AnsweredQuery, ExecuteRequest, Refusal } from '../organization/requests.ts'
import { resourceOf } from '../organization/resource.ts'
import { failureOf, isOutage } from '../records/failure.ts'
import { jsonAnswer } from './envelope.ts'
import type { HttpEnvironment } from './environment.ts'
import { documented } from './openapi/route-facts.ts'
import { type EdgeRefusal, problem } from './problems.ts'

type Call = Context<HttpEnvironment>

const ORGANIZATION_ID = idPattern('org')

/** Before any route of one organization: the id must be one, and a key must be of this organization. */
export const ofOrganization = documented(
  { ofOrganization: true, refuses: ['not_found'] },
  createMiddleware<HttpEnvironment>(async (c, next) => {
    if (matchedRoutes(c).every(({ method }) => method === 'ALL')) return next()
    const organization = idOf(c)
    const { organizationId } = c.get('credential')
    const foreign = organizationId !== null && organizationId !== organization
    if (foreign || !ORGANIZATION_ID.test(organization)) {
      return problem(c, { code: 'not_found', resource: 'organization' })
    }
    return next()
  }),
)

const idOf = (c: Call): string => c.req.param('organization') ?? ''

export const organization = (c: Call): OrganizationClient => organizationClient(c.env.ORGANIZATION, idOf(c))

/** What `show` makes of the value is the answer; null stands for an answer without a body. */
type Show<T> = (value: T, revision: number) => object | null

/** Carries out a command on the organization of the path, under the preconditions that the client sent. */
export async function execute<C extends Command>(
  c: Call,
  command: C,
  show: Show<ValueOf<C>>,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const conditions = await conditionsOf(c, command)
  if (!conditions.ok) return problem(c, conditions.error)
  const { caller, session } = c.get('credential')
  const executeAs = (by: Caller) => organization(c).execute({ caller: withOrigin(c, by), command, ...conditions.value })
  const first = await executeAs(caller)
  const isStale = !first.ok && first.error.code === 'reauthentication_required'
  const fresh = isStale ? await freshCaller(c.env.ACCOUNTS, session) : null
  const executed = fresh === null ? first : await executeAs(fresh)
  if (!executed.ok) return refused(c, executed)
  const headers = revisionHeaders(executed)
  const shown = show(executed.value, executed.revision)
  return shown === null ? c.body(null, 204, headers) : jsonAnswer(c, shown, status, headers)
}

/** Asks the organization of the path, or with `eventual` the nearest copy of the directory, if that is of one moment. */
export async function read<Q extends Query>(
  c: Call,
  query: Q,
  show: Show<AnswerOf<Q>>,
  consistency: 'strong' | 'eventual' = 'strong',
): Promise<Response> {
  const { caller } = c.get('credential')
  const nearby = consistency === 'eventual' ? await nearbyAnswer(c, query) : null
  const answered = (nearby ?? (await organization(c).read(caller, query))) as AnsweredQuery<Q>
  if (!answered.ok) return refused(c, answered)
  return jsonAnswer(c, show(answered.value, answered.revision) ?? {}, 200, revisionHeaders(answered))
}

/** Null: the directory is out of reach, unknown, or not of one moment. The object answers then. */
async function nearbyAnswer(c: Call, query: Query): Promise<NearbyRead | null> {
  if (!isNearbyQuery(query)) return null
  try {
    const directory = await claimedDirectory(c.env, idOf(c))
    return directory === null ? null : await readNearby(directory, idOf(c), c.get('credential').caller, query)
  } catch (error) {
    if (!isOutage(error)) throw error
    console.warn({ message: 'the object answers instead of the directory', error: failureOf(error) })
    return null
  }
}

/** Who is not the operator is told so only where they may know of the organization. */
export async function refuseAllButOperator(c: Call): Promise<Response | null> {
  const { caller } = c.get('credential')
  if (caller.type === 'operator') return null
  const asked = await organization(c).read(caller, { type: 'GetOrganization' })
  const forbidden = { error: { code: 'forbidden', permission: 'operator' }, revision: asked.revision } as const
  return refused(c, asked.ok || asked.error.code === 'forbidden' ? forbidden : asked)
}

/** Before accounts are made for a call that only the operator may make and that takes no condition. */
export const refuseMisplacedCall = async (c: Call): Promise<Response | null> =>
  (await refuseAllButOperator(c)) ?? (c.req.header('If-Match') === undefined ? null : problem(c, NO_COLLECTION))

/** Callers without access get the same 404 as for a missing organization, without a revision. */
export function refused(c: Call, { error, revision }: { error: Refusal | EdgeRefusal; revision: number }): Response {
  if (error.code === 'not_found' && error.resource === 'organization') {
    const holdsNothing = c.get('credential').caller.type === 'api_key' && revision === 0
    return problem(c, holdsNothing ? { code: 'unauthenticated' } : error)
  }
  if (revision > 0 && error.code !== 'unauthenticated') c.header('Muster-Revision', String(revision))
  return problem(c, error)
}

/** Cloudflare compresses no answer with `no-transform`. A compressed one would have a weak tag, which `If-Match` does not take. */
const TAGGED = { 'Cache-Control': 'no-store, no-transform' }

type Numbered = { readonly revision: number; readonly rowRevision?: number; readonly replayed?: boolean }

/** `Muster-Revision` and, where the answer shows one resource, its `ETag`. */
export const revisionHeaders = ({ revision, rowRevision, replayed }: Numbered): Record<string, string> => ({
  'Muster-Revision': String(revision),
  ...(rowRevision !== undefined && { ETag: `"${rowRevision}"`, ...TAGGED }),
  ...(replayed && { 'Idempotency-Replayed': 'true' }),
})

/** Of a write that adds to a collection. */
export const NO_COLLECTION = { code: 'invalid', path: 'If-Match', message: 'A collection has no revision.' } as const

/** Of a write whose resource shows no revision. */
const NO_CONDITION = { code: 'invalid', path: 'If-Match', message: 'This call takes no condition.' } as const

/** Of a call that writes no resource with a revision. */
export const takesNoCondition = (c: Call): Response | null =>
  c.req.header('If-Match') === undefined ? null : problem(c, NO_CONDITION)

type Conditions = Pick<ExecuteRequest, 'ifRevision' | 'idempotency'>

const MAX_KEY_LENGTH = 255

/** A comma stands between the values of a header that was sent twice, so no single key has one. */
const IDEMPOTENCY_KEY = new RegExp(`^[^,]{1,${MAX_KEY_LENGTH}}$`)

/**
 * `If-Match: "12"` and `Idempotency-Key`. The kept answer is bound to credential, route, and the request as sent. `command`
 * is what is sent to an organization.
 */
export async function conditionsOf(c: Call, command: Command): Promise<Result<Conditions, Rejection>> {
  const ifMatch = c.req.header('If-Match')
  if (ifMatch !== undefined && resourceOf(command) === null) return refuse(NO_COLLECTION)
  const revision = /^"(\d{1,15})"$/.exec(ifMatch ?? '')?.[1]
  if (ifMatch !== undefined && ifMatch !== '*' && revision === undefined) {
    return refuse({ code: 'invalid', path: 'If-Match', message: 'A revision in quotes, as in "12".' })
  }
  const repeatable = await idempotencyOf(c)
  if (!repeatable.ok) return repeatable
  return ok({ ...(revision === undefined ? {} : { ifRevision: Number(revision) }), ...repeatable.value })
}

/** `Idempotency-Key` alone: such a call takes no `If-Match`. Without a credential the key is bound to the route, which names the invitation link. */
export async function unconditional(c: Call): Promise<Result<Pick<Conditions, 'idempotency'>, Rejection>> {
  return c.req.header('If-Match') === undefined ? idempotencyOf(c) : refuse(NO_CONDITION)
}

async function idempotencyOf(c: Call): Promise<Result<Pick<Conditions, 'idempotency'>, Rejection>> {
  const key = c.req.header('Idempotency-Key')
  if (key === undefined) return ok({})
  if (!IDEMPOTENCY_KEY.test(key)) {
    const message = `One key of 1 to ${MAX_KEY_LENGTH} characters, without a comma.`
    return refuse({ code: 'invalid', path: 'Idempotency-Key', message })
  }
  const { pathname, search } = new URL(c.req.url)
  const route = `${c.req.method} ${pathname}`
  const { fingerprint = 'link' } = c.get('credential') ?? {}
  const idempotency = {
    key: sha256([fingerprint, route, key]),
    fingerprint: sha256([search, await c.req.text()]),
  }
  return ok({ idempotency })
}

const sha256 = (parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex')
