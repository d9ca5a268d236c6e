import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { inDirectory } from '../features/storage.ts'
import { type Answer, as, type Fetch, onBehalfOf, operator } from '../support/api.ts'
import {
  created,
  followed,
  type Member,
  newMember,
  newOrganization,
  reseam,
  type Team,
} from '../support/api-builders.ts'
import { broken } from '../support/api-faults.ts'

/* `consistency=eventual`: whatever arrives in the directory while it is read, an answer is of one moment. */

/** The directory, where `step` happens right after the query of this number that an eventual read makes. */
function interrupted(queryNumber: number, step: () => Promise<void>): Fetch {
  let queries = 0
  const counted = (run: (...parameters: unknown[]) => Promise<unknown>) => {
    return async (...parameters: unknown[]) => {
      const result = await run(...parameters)
      queries += 1
      if (queries === queryNumber) await step()
      return result
    }
  }
  const watch = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_, name) {
        const value = Reflect.get(target, name) as unknown
        if (typeof value !== 'function') return value
        const method = value.bind(target) as (...parameters: unknown[]) => unknown
        if (RUNNING.has(String(name))) return counted(method as () => Promise<unknown>)
        return (...parameters: unknown[]) => {
          const result = method(...parameters)
          return MAKING.has(String(name)) ? watch(result as object) : result
        }
      },
    })
  const directory = new Proxy(env.DIRECTORY, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown
      if (name === 'withSession') return () => watch(target.withSession('first-primary'))
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return broken({ DIRECTORY: directory })
}

const RUNNING = new Set(['all', 'first', 'run', 'raw', 'batch'])
const MAKING = new Set(['prepare', 'bind'])

/** An access check makes one, a list three, which is then read again. */
const QUERIES = [1, 2, 3, 4]

interface Scene {
  readonly team: Team
  readonly person: Member
  /** Changes roles, and lets the directory follow. */
  readonly step: () => Promise<void>
}

async function given(roles: { readonly [key: string]: readonly string[] }, change: (scene: Scene) => Promise<void>) {
  const team = await newOrganization()
  for (const [key, permissions] of Object.entries(roles)) {
    created(await team.owner.api.post(`${team.path}/roles`, { key, name: key, permissions }))
  }
  const person = await newMember(team, 'first')
  await followed(team)
  const scene: Scene = {
    ...{ team, person },
    step: async () => {
      await change(scene)
      await followed(team)
    },
  }
  return scene
}

/** The permission comes to the first role once nobody holds it any more. */
const movedOn = () =>
  given({ first: ['members:read'], second: ['members:read'] }, async ({ team, person }) => {
    const moved = await team.owner.api.patch(`${team.path}/members/${person.memberId}`, { role: 'second' })
    const permissions = ['members:read', 'members:manage']
    const widened = await team.owner.api.patch(`${team.path}/roles/first`, { permissions })
    expect([moved.status, widened.status]).toEqual([200, 200])
  })

/** Both roles have the permission. */
const reassigned = () =>
  given({ first: ['members:read', 'billing:manage'], second: ['members:read', 'billing:manage'] }, async ({ team }) => {
    expect((await team.owner.api.delete(`${team.path}/roles/first?reassign_to=second`)).status).toBe(204)
  })

const access = ({ team, person }: Scene, permission: string) =>
  `${team.path}/access?consistency=eventual&user_id=${person.id}&permission=${permission}`

describe.each(QUERIES)('roles change after query %i of an eventual read', (queryNumber) => {
  const askers = (scene: Scene) =>
    [operator, onBehalfOf(scene.person.id)].map((who) => ({
      get: async (path: string) => as(who, interrupted(queryNumber, scene.step)).get(path),
    }))

  test('a person who moves on is not let in by what their former role gets', async () => {
    for (const which of [0, 1]) {
      const scene = await movedOn()
      const answer = await (askers(scene)[which] as Asker).get(access(scene, 'members:manage'))
      expect(answer.body).toMatchObject({ allowed: false, reason: 'permission_missing' })
    }
  })

  test('a person whose role is replaced is not shut out', async () => {
    for (const which of [0, 1]) {
      const scene = await reassigned()
      const answer = await (askers(scene)[which] as Asker).get(access(scene, 'billing:manage'))
      expect(answer.body).toMatchObject({ allowed: true, reason: 'granted' })
    }
  })

  test.each(['members', 'roster'])('%s are shown to a person whose role is replaced', async (list) => {
    const scene = await reassigned()
    const answer = await (askers(scene)[1] as Asker).get(`${scene.team.path}/${list}?consistency=eventual`)
    expect(answer.status).toBe(200)
    expectOneMoment(answer, scene)
  })
})

type Asker = { readonly get: (path: string) => Promise<Answer> }

/** The roles that are shown are those of the revision that the answer names. */
function expectOneMoment({ body, headers }: Answer, { person }: Scene): void {
  const { role } = body.data.find(({ email }: { email: string }) => email === person.email)
  const isBefore = Number(headers.get('Muster-Revision')) < REVISION_AFTER_STEP
  expect(role).toBe(isBefore ? 'first' : 'second')
}

/** Created, two roles, one member, and the step. */
const REVISION_AFTER_STEP = 5

test('while a large change arrives in several batches, the organization itself answers', async () => {
  const team = await newOrganization()
  await newMember(team)
  await followed(team)
  await reseam(team, { project: () => Promise.reject(new Error('D1_ERROR: Network connection lost.')) })
  const member = await newMember(team)
  const list = () => team.owner.api.get(`${team.path}/members?consistency=eventual`)
  expect((await list()).body.data).toHaveLength(2)
  await inDirectory('update projections set head_version = projected_version + 1 where organization_id = ?', team.id)
  const answer = await list()
  expect(answer.body.data.map(({ id }: { id: string }) => id)).toContain(member.memberId)
  expect(answer.headers.get('Muster-Revision')).toBe('3')
})
