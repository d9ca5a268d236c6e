import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { claimCreation, slugHolder } from '../../src/directory/claims.ts'
import { as, expectProblem, operator } from '../support/api.ts'
import { created, newUser, reseam } from '../support/api-builders.ts'
import { broken, organizationsVia } from '../support/api-faults.ts'
import { someId } from '../support/api-world.ts'

const MINUTE = 60_000
const api = as(operator)
const create = (slug: string) => api.post('/v1/organizations', { name: 'Acme', slug })

/** What is left of a creation that died after its claim. */
async function claimed(slug: string, minutesAgo: number, createdBy: string | null = null): Promise<string> {
  const organizationId = someId('org')
  const claimedAt = Date.now() - minutesAgo * MINUTE
  expect(
    await claimCreation(env.ACCOUNTS, {
      organizationId,
      slug,
      createdBy,
      ownerId: null,
      limit: 10,
      claimedAt,
      directory: 'DIRECTORY',
    }),
  ).toMatchObject({ outcome: 'claimed' })
  return organizationId
}

const creationClaims = async (organizationId: string) =>
  (
    await env.ACCOUNTS.prepare('select confirmed from creation_claims where organization_id = ?')
      .bind(organizationId)
      .all<{ confirmed: number }>()
  ).results

describe('a creation that died after its claim', () => {
  test('is in nobody’s way once its claim is old', async () => {
    const abandoned = await claimed('abandoned-slug', 3)

    const { id } = created(await create('abandoned-slug'))

    expect(await slugHolder(env.ACCOUNTS, 'abandoned-slug')).toMatchObject({ organizationId: id })
    expect(await creationClaims(abandoned)).toEqual([])
  })

  test('may still be under way while its claim is young', async () => {
    const pending = await claimed('pending-slug', 1)
    expectProblem(await create('pending-slug'), 409, 'slug_taken')
    expect(await slugHolder(env.ACCOUNTS, 'pending-slug')).toMatchObject({ organizationId: pending })
  })

  test('frees its claim for exactly one of many who want the slug', async () => {
    await claimed('abandoned-and-raced', 3)
    const answers = await Promise.all(Array.from({ length: 8 }, () => create('abandoned-and-raced')))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)])
  })

  test('makes way for a generated slug at once: another one is made', async () => {
    await claimed('busy-name', 0)
    const { slug } = created(await api.post('/v1/organizations', { name: 'Busy Name' }))
    expect(slug).toMatch(/^busy-name-\d{6}$/)
  })
})

describe('an organization whose creation was never confirmed', () => {
  test('keeps its slug, however old the claim', async () => {
    const { id } = created(await create('never-confirmed'))
    await env.ACCOUNTS.batch([
      env.ACCOUNTS.prepare('update creation_claims set confirmed = 0, claimed_at = 0 where organization_id = ?').bind(
        id,
      ),
      env.ACCOUNTS.prepare('update slug_claims set claimed_at = 0 where organization_id = ?').bind(id),
    ])
    expectProblem(await create('never-confirmed'), 409, 'slug_taken')
    expect(await slugHolder(env.ACCOUNTS, 'never-confirmed')).toMatchObject({ organizationId: id })
  })
})

describe('a command that reaches its organization late', () => {
  /** The organization's clock says that the claim was made two minutes before. */
  const late = organizationsVia((object, id) => ({
    execute: async (request) => {
      await reseam({ id }, { clock: () => Date.now() + 2 * MINUTE })
      return object.execute(request)
    },
    read: (request) => object.read(request),
  }))

  test('creates nothing, since its claim may have been given away', async () => {
    const slow = as(operator, broken({ ORGANIZATION: late }))
    const refused = await slow.post('/v1/organizations', { name: 'Late', slug: 'late-slug' })

    expectProblem(refused, 503, 'unavailable')
    expect(refused.headers.get('Retry-After')).toMatch(/^\d+$/)
    expect((await create('late-slug')).status).toBe(201)
  })

  test('does not change a slug either', async () => {
    const { id, slug } = created(await create('slug-on-time'))
    const slow = as(operator, broken({ ORGANIZATION: late }))

    expectProblem(await slow.patch(`/v1/organizations/${id}`, { slug: 'slug-too-late' }), 503, 'unavailable')

    expect((await api.get(`/v1/organizations/${id}`)).body.slug).toBe(slug)
    expect((await create('slug-too-late')).status).toBe(201)
  })
})

describe('a creation whose answer was lost', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
  })

  /** The organization has done what it was told; the worker dies before it hears so. */
  const lost = () =>
    organizationsVia((object) => ({
      execute: async (request) => {
        await object.execute(request)
        throw Object.assign(new Error('Network connection lost.'), { retryable: true })
      },
    }))

  test('is repeated under its Idempotency-Key and ends in one organization', async () => {
    const headers = { 'Idempotency-Key': 'lost-1' }
    const body = { name: 'Lost', slug: 'lost-answer' }
    expectProblem(
      await as(operator, broken({ ORGANIZATION: lost() })).post('/v1/organizations', body, headers),
      503,
      'unavailable',
    )

    const repeated = await api.post('/v1/organizations', body, headers)

    expect(created(repeated)).toMatchObject({ slug: 'lost-answer', revision: 1 })
    expect(await creationClaims(repeated.body.id)).toEqual([{ confirmed: 1 }])
    expectProblem(await create('lost-answer'), 409, 'slug_taken')
  })

  test('is repeated by a person who has no second organization left', async () => {
    await api.patch('/v1/settings', { max_organizations_per_user: 1 })
    const person = await newUser()
    const headers = { 'Idempotency-Key': 'lost-2' }
    const onBehalf = { ...operator, 'Muster-On-Behalf-Of': person.id }
    const dying = as(onBehalf, broken({ ORGANIZATION: lost() }))
    expectProblem(await dying.post('/v1/organizations', { name: 'Mine' }, headers), 503, 'unavailable')

    expect((await person.api.post('/v1/organizations', { name: 'Mine' }, headers)).status).toBe(201)
    expectProblem(await person.api.post('/v1/organizations', { name: 'Second' }), 409, 'organization_limit_reached')
  })
})
