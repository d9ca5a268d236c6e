import { Hono } from 'hono'
import { typeidUnboxed } from 'typeid-js'
import { moveSession } from '../../accounts/session-cache.ts'
import { CreateOrganization, ListOrganizations, UpdateOrganization } from '../../contract/organizations.ts'
import { directoriesOf } from '../../directory/directories.ts'
import { isFound, listOrganizations } from '../../directory/organizations.ts'
import { currentSettings } from '../../directory/settings.ts'
import { ok } from '../../membership/result.ts'
import { createOrganization } from '../../onboarding/create-organization.ts'
import { logEntry } from '../../onboarding/log-sign-in.ts'
import { newOrganization } from '../../onboarding/new-organization.ts'
import { rebuildOrganization } from '../../onboarding/rebuild-directory.ts'
import { updateOrganization } from '../../onboarding/update-organization.ts'
import { organizationClient } from '../../organization/client.ts'
import { FOREIGN_CURSOR } from '../../records/page.ts'
import { ON_BEHALF_OF } from '../authentication.ts'
import { answerCreation } from '../creation.ts'
import { jsonAnswer } from '../envelope.ts'
import type { Credential, HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/organizations.ts'
import {
  conditionsOf,
  execute,
  NO_COLLECTION,
  ofOrganization,
  read,
  refuseAllButOperator,
  refused,
  revisionHeaders,
  takesNoCondition,
} from '../organization-call.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { body, noBody, query } from '../validation.ts'

export const organizations = new Hono<HttpEnvironment>()

organizations.use('/:organization/*', ofOrganization)

organizations.post('/', describe(operation.createOrganization), body(CreateOrganization), async (c) => {
  if (c.req.header('If-Match') !== undefined) return problem(c, NO_COLLECTION)
  const settings = await currentSettings(c.env.ACCOUNTS)
  const wanted = await newOrganization(c.env.ACCOUNTS, c.var.credential.caller, c.req.valid('json'), settings)
  if (!wanted.ok) {
    return problem(c, wanted.error.code === 'no_such_owner' ? noSuchOwner(c.var.credential) : wanted.error)
  }
  return answerCreation(c, typeidUnboxed('org'), async (organizationId) => {
    const created = await createOrganization(
      c.env,
      c.var.credential.caller,
      { organizationId, ...wanted.value },
      settings,
    )
    if (!created.ok) return created
    const { session } = c.var.credential
    if (session !== null) {
      await moveSession(c.env.ACCOUNTS, session, organizationId, Date.now())
      logEntry(c, session, organizationId)
    }
    const { value, revision, rowRevision } = created
    return { ...ok(present.organization(value, revision)), ...(rowRevision !== undefined && { rowRevision }) }
  })
})

organizations.get('/', describe(operation.listOrganizations), query(ListOrganizations), async (c) => {
  const { limit, cursor = null, query: search = null, external_id: externalId = null } = c.req.valid('query')
  const { caller, organizationId } = c.var.credential
  if (organizationId !== null) {
    const own = await organizationClient(c.env.ORGANIZATION, organizationId).read(caller, { type: 'GetOrganization' })
    if (!own.ok) return refused(c, own)
    if (cursor !== null) return problem(c, FOREIGN_CURSOR)
    const items = isFound(own.value, search, externalId) ? [own.value] : []
    return c.json(present.list({ items, nextCursor: null }, (item) => present.organization(item, own.revision)))
  }
  const of = caller.type === 'user' ? { userId: caller.userId } : null
  const listed = await listOrganizations(directoriesOf(c.env), { search, externalId, of, page: { limit, cursor } })
  if (!listed.ok) return problem(c, listed.error)
  return c.json(present.list(listed.value, (item) => present.organization(item.organization, item.revision)))
})

organizations.get('/:organization', describe(operation.getOrganization), (c) =>
  read(c, { type: 'GetOrganization' }, present.organization),
)

organizations.patch('/:organization', describe(operation.updateOrganization), body(UpdateOrganization), async (c) => {
  const { name, slug, ownership, ...rest } = c.req.valid('json')
  const command = {
    type: 'UpdateOrganization',
    ...(name === undefined ? {} : { name }),
    ...(slug === undefined ? {} : { slug }),
    ...(ownership === undefined ? {} : { ownership }),
    ...(rest.external_id === undefined ? {} : { externalId: rest.external_id }),
    ...(rest.seat_limit === undefined ? {} : { seatLimit: rest.seat_limit }),
    ...(rest.upgrade_url === undefined ? {} : { upgradeUrl: rest.upgrade_url }),
  } as const
  const conditions = await conditionsOf(c, command)
  if (!conditions.ok) return problem(c, conditions.error)
  const request = { caller: c.var.credential.caller, command, ...conditions.value }
  const updated = await updateOrganization(c.env, c.req.param('organization'), request)
  if (!updated.ok) return refused(c, updated)
  return jsonAnswer(c, present.organization(updated.value, updated.revision), 200, revisionHeaders(updated))
})

organizations.delete('/:organization', describe(operation.deleteOrganization), noBody, (c) =>
  execute(c, { type: 'DeleteOrganization' }, () => null),
)

organizations.post('/:organization/restore', describe(operation.restoreOrganization), noBody, async (c) => {
  const refusal = await refuseAllButOperator(c)
  return refusal ?? execute(c, { type: 'RestoreOrganization' }, present.organization)
})

organizations.post('/:organization/rebuild', describe(operation.rebuildOrganization), noBody, async (c) => {
  const refusal = (await refuseAllButOperator(c)) ?? takesNoCondition(c)
  if (refusal !== null) return refusal
  const { exists, revision, lostSlug } = await rebuildOrganization(c.env, c.req.param('organization'))
  if (!exists) return problem(c, { code: 'not_found', resource: 'organization' })
  c.header('Muster-Revision', String(revision))
  return c.json(present.rebuilt(c.req.param('organization'), revision, lostSlug))
})

organizations.get('/:organization/seats', describe(operation.getSeats), (c) =>
  read(c, { type: 'GetSeats' }, present.seats),
)

/** Of the operator it is the field that names somebody, of all others the header by which they speak for somebody. */
const noSuchOwner = ({ caller }: Credential) => {
  const path = caller.type === 'operator' ? 'owner_user_id' : ON_BEHALF_OF
  return { code: 'invalid', path, message: 'There is no such user.' } as const
}
