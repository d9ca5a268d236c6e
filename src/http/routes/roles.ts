import { Hono } from 'hono'
import { CreateRole, DeleteRole, UpdateRole } from '../../contract/roles.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/administration.ts'
import { execute, read } from '../organization-call.ts'
import * as present from '../present.ts'
import { body, noBody, query } from '../validation.ts'

export const roles = new Hono<HttpEnvironment>()

roles.get('/', describe(operation.listRoles), (c) =>
  read(c, { type: 'ListRoles' }, (items) => present.list({ items, nextCursor: null }, present.role)),
)

roles.post('/', describe(operation.createRole), body(CreateRole), (c) =>
  execute(c, { type: 'CreateRole', ...c.req.valid('json') }, present.role, 201),
)

roles.get('/:role', describe(operation.getRole), (c) =>
  read(c, { type: 'GetRole', key: c.req.param('role') }, present.role),
)

roles.patch('/:role', describe(operation.updateRole), body(UpdateRole), (c) => {
  const { name, description, permissions } = c.req.valid('json')
  const changes = {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(permissions === undefined ? {} : { permissions }),
  }
  return execute(c, { type: 'UpdateRole', key: c.req.param('role'), ...changes }, present.role)
})

roles.delete('/:role', describe(operation.deleteRole), query(DeleteRole), noBody, (c) => {
  const { reassign_to: reassignTo = null } = c.req.valid('query')
  return execute(c, { type: 'DeleteRole', key: c.req.param('role'), reassignTo }, () => null)
})
