import { beforeAll, describe, expect, test } from 'vitest'
import { type Answer, as, type Client, expectProblem, fingerprint, operator } from '../support/api.ts'
import { newOrganization } from '../support/api-builders.ts'
import { type Route, routes } from '../support/api-routes.ts'
import { newWorld, pathOf, someId, type World } from '../support/api-world.ts'

let world: World
beforeAll(async () => {
  world = await newWorld()
})

const MALFORMED = [
  'org_1',
  'acme',
  'org_8zzzzzzzzzzzzzzzzzzzzzzzzz',
  'ORG_01H455VB4PEX5VSKNK084SN02Q',
  'org%00',
  '%C3%28',
  "';--",
]

const call = (api: Client, { method, path, body }: Route, organization = world.team.id): Promise<Answer> =>
  api.call(method, pathOf(path, world, { organization }), body === undefined ? {} : { body: body(world) })

describe.each(routes(({ realm }) => realm === 'organization'))('$name', (route) => {
  test('tells a person of another organization as little as if there were none', async () => {
    const foreign = await call(world.stranger.api, route)
    const unknown = await call(world.stranger.api, route, someId('org'))

    expectProblem(foreign, 404, 'not_found')
    expect(fingerprint(foreign)).toEqual(fingerprint(unknown))
  })

  test('tells an API key of another organization as little as if there were none', async () => {
    const foreign = await call(world.strangeKey, route)
    const unknown = await call(world.strangeKey, route, someId('org'))

    expectProblem(foreign, 404, 'not_found')
    expect(fingerprint(foreign)).toEqual(fingerprint(unknown))
  })

  test.each(MALFORMED)('takes %o for an organization that does not exist', async (id) => {
    const malformed = await call(as(operator), route, id)
    const unknown = await call(world.stranger.api, route, someId('org'))

    expect(fingerprint(malformed)).toEqual(fingerprint(unknown))
  })

  test('tells someone removed as little as if there were no organization', async () => {
    const removed = await call(world.removed.api, route)
    const unknown = await call(world.removed.api, route, someId('org'))

    expectProblem(removed, 404, 'not_found')
    expect(fingerprint(removed)).toEqual(fingerprint(unknown))
  })

  test('is gone for everyone once the organization is deleted', async () => {
    const { team, unknown } = await deletedTeam()

    for (const api of route.evenDeleted ? [team.owner.api] : [team.owner.api, as(operator)]) {
      expect(fingerprint(await call(api, route, team.id))).toEqual(fingerprint(unknown))
    }
  })
})

describe.each(routes(({ realm, evenSuspended }) => realm === 'organization' && !evenSuspended))('$name', (route) => {
  test('is closed to someone suspended', async () => {
    expectProblem(await call(world.suspended.api, route), 403, 'member_suspended')
  })
})

describe.each(routes(({ realm, permission }) => realm === 'organization' && permission !== undefined))(
  '$name',
  (route) => {
    test('names the permission that a plain member lacks', async () => {
      const answer = await call(world.member.api, route)
      expectProblem(answer, 403, 'forbidden', { permission: route.permission })
      expect(answer.body.detail).toContain(route.permission)
    })
  },
)

describe.each(routes(({ realm, permission }) => realm === 'deployment' && permission === 'operator'))(
  '$name',
  (route) => {
    test('is for the operator alone', async () => {
      const { team, strangeKey } = world
      for (const api of [team.owner.api, strangeKey]) {
        expectProblem(await call(api, route), 403, 'forbidden', { permission: 'operator' })
      }
    })
  },
)

let gone: Awaited<ReturnType<typeof deleteTeam>> | undefined

async function deletedTeam() {
  gone ??= await deleteTeam()
  return gone
}

async function deleteTeam() {
  const team = await newOrganization()
  expect((await team.owner.api.delete(team.path)).status).toBe(204)
  return { team, unknown: await as(operator).get(`/v1/organizations/${someId('org')}`) }
}
