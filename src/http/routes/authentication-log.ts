import { type Context, Hono } from 'hono'
import { listRefusals, listSignIns, type SignInsQuery } from '../../accounts/sign-in-list.ts'
import { ListAuthentication, ListOwnSignIns, ListRefusals } from '../../contract/sign-ins.ts'
import { operatorOnly } from '../authentication.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/authentication-log.ts'
import { organization, refused } from '../organization-call.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { query } from '../validation.ts'

/** For the operator: everybody's sign-ins, and refused attempts as counts. */
export const authenticationLog = new Hono<HttpEnvironment>()

authenticationLog.use(operatorOnly)

authenticationLog.get('/', describe(operation.listAuthentication), query(ListAuthentication), (c) => {
  const { limit, cursor = null, user: userId, type: types, from, to } = c.req.valid('query')
  return answerSignIns(c, { userId, types, from, to, page: { limit, cursor } })
})

authenticationLog.get('/refusals', describe(operation.listRefusals), query(ListRefusals), async (c) => {
  const { limit, cursor = null, reason: reasons, network, from, to } = c.req.valid('query')
  const listed = await listRefusals(c.env.LOGS, { reasons, network, from, to, page: { limit, cursor } })
  return listed.ok ? c.json(present.list(listed.value, present.refusalCount)) : problem(c, listed.error)
})

/** Below `/v1/users/me`. */
export const ownSignIns = new Hono<HttpEnvironment>()

ownSignIns.get('/', describe(operation.listOwnSignIns), query(ListOwnSignIns), (c) => {
  const { limit, cursor = null } = c.req.valid('query')
  return answerSignIns(c, { userId: c.var.person.id, page: { limit, cursor } })
})

/** Below `/v1/organizations/:organization`. */
export const memberSignIns = new Hono<HttpEnvironment>()

/** People who may see what a member did, by the organization's answer, may also see how the member signed in. */
memberSignIns.get(
  '/members/:member/sign-ins',
  describe(operation.listMemberSignIns),
  query(ListOwnSignIns),
  async (c) => {
    const { limit, cursor = null } = c.req.valid('query')
    const { id: organizationId } = organization(c)
    const asked = { type: 'ListActivity', memberId: c.req.param('member'), page: { limit: 1, cursor: null } } as const
    const activity = await organization(c).read(c.var.credential.caller, asked)
    if (!activity.ok) return refused(c, activity)
    const { userId } = activity.value.member
    c.header('Muster-Revision', String(activity.revision))
    return answerSignIns(c, { userId, organizationId, page: { limit, cursor } })
  },
)

async function answerSignIns(c: Context<HttpEnvironment>, wanted: SignInsQuery): Promise<Response> {
  const listed = await listSignIns(c.env.LOGS, wanted)
  return listed.ok ? c.json(present.list(listed.value, present.signInEntry)) : problem(c, listed.error)
}
