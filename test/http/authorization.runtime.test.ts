import { beforeAll, expect, test } from 'vitest'
import { type Answer, as, type Client, expectProblem, fingerprint, operator } from '../support/api.ts'
import { newOrganization, type Team } from '../support/api-builders.ts'
import { type Route, routes } from '../support/api-routes.ts'
import { newWorld, pathOf, someId, type World } from '../support/api-world.ts'

let world: World
beforeAll(async () => {
  world = await newWorld()
})

const call = (api: Client, { method, path, body }: Route, organization = world.team.id): Promise<Answer> =>
  api.call(method, pathOf(path, world, { organization }), body === undefined ? {} : { body: body(world) })

const ofOrganization = routes(({ realm }) => realm === 'organization')

test.each(ofOrganization)('$name tells outsiders as little as if there were no organization', async (route) => {
  const unknown = await call(world.stranger.api, route, someId('org'))
  expectProblem(unknown, 404, 'not_found')
  const { team: deleted } = await deletedTeam()

  const answers = {
    'a person of another organization': await call(world.stranger.api, route),
    'an API key of another organization': await call(world.strangeKey, route),
    'an API key, and no organization': await call(world.strangeKey, route, someId('org')),
    'someone removed': await call(world.removed.api, route),
    'the operator, with a malformed id': await call(as(operator), route, 'org_1'),
    'the owner of a deleted organization': await call(deleted.owner.api, route, deleted.id),
  }
  for (const [who, answer] of Object.entries(answers)) expect(fingerprint(answer), who).toEqual(fingerprint(unknown))
  if (route.evenDeleted) return
  expect(fingerprint(await call(as(operator), route, deleted.id)), 'the operator').toEqual(fingerprint(unknown))
})

test.each([
  'org_1',
  'acme',
  'org_8zzzzzzzzzzzzzzzzzzzzzzzzz',
  'ORG_01H455VB4PEX5VSKNK084SN02Q',
  'org%00',
  '%C3%28',
  "';--",
])('%o is an organization that does not exist', async (id) => {
  const unknown = await as(operator).get(`/v1/organizations/${someId('org')}/members`)
  expect(fingerprint(await as(operator).get(`/v1/organizations/${id}/members`))).toEqual(fingerprint(unknown))
})

let gone: Promise<{ team: Team }> | undefined

function deletedTeam(): Promise<{ team: Team }> {
  gone ??= deleteTeam()
  return gone
}

async function deleteTeam(): Promise<{ team: Team }> {
  const team = await newOrganization()
  expect((await team.owner.api.delete(team.path)).status).toBe(204)
  return { team }
}
