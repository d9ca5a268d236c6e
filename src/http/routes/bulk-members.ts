import { Hono } from 'hono'
import { AddMembers } from '../../contract/arrivals.ts'
import { hasJoined } from '../../membership/arrival.ts'
import { bulkArrival } from '../../onboarding/bulk-arrival.ts'
import { followManySinceRead } from '../../onboarding/follow-accounts.ts'
import { operatorOf } from '../authentication.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/members.ts'
import { execute, organization, refused, refuseMisplacedCall } from '../organization-call.ts'
import * as present from '../present.ts'
import { body } from '../validation.ts'

export const bulkMembers = new Hono<HttpEnvironment>()

bulkMembers.post('/', describe(operation.addMembers), body(AddMembers), async (c) => {
  const refusal = await refuseMisplacedCall(c)
  if (refusal !== null) return refusal
  const asked = await organization(c).read(c.get('credential').caller, { type: 'GetOrganization' })
  if (!asked.ok) return refused(c, asked)
  const wanted = c.req.valid('json')
  const { command, users } = await bulkArrival(c.env.ACCOUNTS, wanted, operatorOf(c))
  const known = new Set(users.map(({ id }) => id))
  let added: ReadonlySet<string> = new Set()
  const answer = await execute(c, command, ({ results, seats }) => {
    added = new Set(results.flatMap(({ outcome, userId }) => (hasJoined(outcome) && userId !== null ? [userId] : [])))
    return {
      object: 'bulk_result',
      dry_run: wanted.dry_run,
      results: results.map((result) =>
        present.arrivalResult(known.has(result.userId ?? '') ? result : { ...result, userId: null }),
      ),
      seats: present.seats(seats),
    }
  })
  if (answer.ok && !wanted.dry_run) await followManySinceRead(c.env, organization(c).id, users, added)
  return answer
})
