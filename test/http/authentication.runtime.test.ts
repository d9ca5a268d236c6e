import { beforeAll, describe, expect, test } from 'vitest'
import { type Answer, as, bearer, expectInvalid, expectProblem, nobody, onBehalfOf, operator } from '../support/api.ts'
import { newOrganization, newUser } from '../support/api-builders.ts'
import { type Route, routes } from '../support/api-routes.ts'
import { newWorld, pathOf, someId, type World } from '../support/api-world.ts'

let world: World
beforeAll(async () => {
  world = await newWorld()
})

let networks = 0
/** Wrong keys are counted by network: every call has its own. */
const newNetwork = () => {
  networks += 1
  return { 'CF-Connecting-IP': `10.0.${networks >> 8}.${networks & 255}` }
}

const secured = routes(({ realm }) => realm !== 'public' && realm !== 'link')

const bodyOf = ({ body }: Route) => (body === undefined ? {} : { body: body(world) })

const call = (route: Route, credential: Record<string, string>) =>
  as({ ...credential, ...newNetwork() }).call(route.method, pathOf(route.path, world), bodyOf(route))

function expectUnauthenticated(answer: Answer): void {
  expectProblem(answer, 401, 'unauthenticated')
  expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer')
}

test.each(secured)(
  '$name takes nobody without a credential, with a wrong key, or with an invented API key',
  async (route) => {
    for (const credential of [
      nobody,
      bearer('ok_wrong_m4vX8sLw2RkTz6JcYp0Hd9NbFe3Ua7Gi'),
      bearer(inventedKey(world.team.id)),
    ]) {
      expectUnauthenticated(await call(route, credential))
    }
  },
)

/** How a credential is read is the same for all routes; these are one for each kind of caller. */
const ONE_PER_REALM = secured.filter(({ name }) =>
  [
    'GET /v1/settings',
    'GET /v1/session',
    'GET /v1/users/me',
    'GET /v1/organizations',
    'GET /v1/organizations/:organization',
  ].includes(name),
)

describe.each(ONE_PER_REALM)('$name', (route) => {
  test.each([
    ['the key and more', 'Bearer ok_test_Qm4vX8sLw2RkTz6JcYp0Hd9NbFe3Ua7Gik'],
    ['a part of the key', 'Bearer ok_test_Qm4vX8sLw2RkTz6JcYp0Hd9NbFe3Ua7G'],
    ['the key in another case', 'Bearer OK_TEST_QM4VX8SLW2RKTZ6JCYP0HD9NBFE3UA7GI'],
    ['another scheme', `Basic ${btoa('operator:ok_test_Qm4vX8sLw2RkTz6JcYp0Hd9NbFe3Ua7Gi')}`],
    ['no scheme', 'ok_test_Qm4vX8sLw2RkTz6JcYp0Hd9NbFe3Ua7Gi'],
    ['an empty token', 'Bearer '],
    ['a very long token', `Bearer ${'a'.repeat(5000)}`],
  ])('takes nobody with %s', async (_, authorization) => {
    expectUnauthenticated(await call(route, { Authorization: authorization }))
  })
})

const inventedKey = (organizationId: string) => `mk_${organizationId}_${'A'.repeat(43)}`

describe('an invented API key', () => {
  test('does not tell an organization that exists from one that does not', async () => {
    const unknown = someId('org')
    for (const id of [world.team.id, unknown]) {
      const answer = await as(bearer(inventedKey(id))).get(`/v1/organizations/${id}`)
      expectProblem(answer, 401, 'unauthenticated')
      expect(answer.headers.has('Muster-Revision')).toBe(false)
    }
  })

  test('lists nothing of the organization that it names', async () => {
    const { id } = await newOrganization({ name: 'Hush' })
    expectProblem(await as(bearer(inventedKey(id))).get('/v1/organizations'), 401, 'unauthenticated')
  })
})

describe('Muster-On-Behalf-Of', () => {
  test('makes the operator that person', async () => {
    const { team } = world
    const stranger = await newUser()
    expect((await as(operator).get(team.path)).status).toBe(200)
    expectProblem(await as(onBehalfOf(stranger.id)).get(team.path), 404, 'not_found')
    expectProblem(await as(onBehalfOf(team.owner.id)).get('/v1/settings'), 403, 'forbidden', { permission: 'operator' })
  })

  test('records the person as the actor, and that the operator acted for them', async () => {
    const { path, owner } = await newOrganization()
    await owner.api.patch(path, { name: 'Renamed' })
    const events = await owner.api.get(`${path}/events?type=organization.updated`)
    expect(events.body.data).toMatchObject([
      { actor: { type: 'user', id: owner.id }, via: { type: 'operator', id: null } },
    ])
  })

  test.each(['', 'usr_1', 'mem_01h455vb4pex5vsknk084sn02q', 'usr_01h455vb4pex5vsknk084sn02q,usr_1', 'operator'])(
    'is refused as %o',
    async (id) => {
      expectInvalid(await as(onBehalfOf(id)).get(world.team.path), 'Muster-On-Behalf-Of')
    },
  )

  test('of a person whom nobody knows finds no organization', async () => {
    const unknown = as(onBehalfOf(someId('usr')))
    expectProblem(await unknown.get(world.team.path), 404, 'not_found')
    expect((await unknown.get('/v1/organizations')).body.data).toEqual([])
  })

  test('of a person whom nobody knows creates no organization', async () => {
    const answer = await as(onBehalfOf(someId('usr'))).post('/v1/organizations', { name: 'Ghost' })
    expectInvalid(answer, 'Muster-On-Behalf-Of')
  })

  test('counts for nothing without the operator key', async () => {
    const headers = { 'Muster-On-Behalf-Of': world.team.owner.id }
    expectProblem(await as(headers).get(world.team.path), 401, 'unauthenticated')
  })
})
