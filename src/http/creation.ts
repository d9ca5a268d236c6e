import type { Context } from 'hono'
import { keepCreationAnswer, releaseReservation, reserveCreation } from '../directory/creation-answers.ts'
import { ok, type Result } from '../membership/result.ts'
import type { Refusal } from '../organization/requests.ts'
import { jsonAnswer } from './envelope.ts'
import type { HttpEnvironment } from './environment.ts'
import { revisionHeaders, unconditional } from './organization-call.ts'
import { type EdgeRefusal, problem } from './problems.ts'

/** `rowRevision` is for the `ETag`. */
type Created = Result<Record<string, unknown>, Refusal | EdgeRefusal> & { readonly rowRevision?: number }

/**
 * Answers 201 with what `create` makes under the given id. With an `Idempotency-Key` the id and then the answer are kept
 * in the directory: a repeated call ends in the same resource and gets the first answer again. What `shownOnce` adds is
 * in the answer of the call that creates, and is not kept.
 */
export async function answerCreation(
  c: Context<HttpEnvironment>,
  newId: string,
  create: (id: string) => Promise<Created>,
  shownOnce: () => object = () => ({}),
): Promise<Response> {
  const conditions = await unconditional(c)
  if (!conditions.ok) return problem(c, conditions.error)
  const { idempotency } = conditions.value
  if (idempotency === undefined) return answer(c, await create(newId), false, shownOnce)

  const { ACCOUNTS } = c.env
  const reservation = await reserveCreation(ACCOUNTS, idempotency, newId, Date.now())
  if (reservation === null) return problem(c, { code: 'idempotency_key_reused' })
  if (reservation.answer !== null) {
    const { answer: kept, rowRevision } = reservation
    return answer(c, { ...ok(kept), ...(rowRevision !== null && { rowRevision }) }, true)
  }
  const created = await create(reservation.resourceId)
  if (created.ok) await keepCreationAnswer(ACCOUNTS, idempotency.key, created.value, created.rowRevision)
  else await releaseReservation(ACCOUNTS, idempotency.key)
  return answer(c, created, reservation.repeated, shownOnce)
}

function answer(
  c: Context<HttpEnvironment>,
  created: Created,
  repeated = false,
  shownOnce: () => object = () => ({}),
): Response {
  if (!created.ok) return problem(c, created.error)
  const { value, rowRevision } = created
  // Only an organization has revisions.
  const revisions =
    typeof value.revision === 'number'
      ? revisionHeaders({ revision: value.revision, ...(rowRevision !== undefined && { rowRevision }) })
      : {}
  const headers = { ...revisions, ...(repeated && { 'Idempotency-Replayed': 'true' }) }
  return jsonAnswer(c, { ...value, ...shownOnce() }, 201, headers)
}
