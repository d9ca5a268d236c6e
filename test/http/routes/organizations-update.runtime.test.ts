import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { as, expectInvalid, expectProblem, onBehalfOf, operator } from '../../support/api.ts'
import { newMember, newOrganization, type Team } from '../../support/api-builders.ts'
import { broken, organizationsVia } from '../../support/api-faults.ts'

const api = as(operator)
const create = (slug: string) => api.post('/v1/organizations', { name: 'Acme', slug })
const rename = (team: Team, slug: string, headers = {}) => team.owner.api.patch(team.path, { slug }, headers)

/** Lets a claim grow old, as if its organization had had the slug for an hour. */
const age = (slug: string) =>
  env.ACCOUNTS.prepare('update slug_claims set claimed_at = claimed_at - 3600000 where slug = ?').bind(slug).run()

const signal = () => Promise.withResolvers<void>()

/** A change at the first revision that pauses between its claim and its organization. */
function renameVia(team: Team, slug: string, pause: () => Promise<void>) {
  const pausing = organizationsVia((object) => ({
    execute: async (request) => {
      if ('slugClaimedAt' in request.command) await pause()
      return object.execute(request)
    },
  }))
  const owner = as(onBehalfOf(team.owner.id), broken({ ORGANIZATION: pausing }))
  return owner.patch(team.path, { slug }, { 'If-Match': '"1"' })
}

describe('an organization', () => {
  test('is changed in what is named and stays as it was in the rest', async () => {
    const { owner, path } = await newOrganization({ seat_limit: 5, external_id: 'crm-1' })
    const before = (await owner.api.get(path)).body
    const after = (await owner.api.patch(path, { name: ' Renamed ', upgrade_url: 'https://x.test/up' })).body
    expect(after).toEqual({
      ...before,
      name: 'Renamed',
      upgrade_url: 'https://x.test/up',
      revision: 2,
      updated_at: after.updated_at,
    })
    expect((await owner.api.patch(path, { upgrade_url: null })).body.upgrade_url).toBeNull()
  })

  test.each([{ seat_limit: 3 }, { seat_limit: null }, { external_id: 'crm-1' }, { external_id: null }])(
    'has %o set by the operator alone',
    async (field) => {
      const { owner, path } = await newOrganization()
      expectProblem(await owner.api.patch(path, field), 403, 'forbidden', { permission: 'operator' })
      expect((await api.patch(path, field)).body).toMatchObject(field)
    },
  )

  test('changes its ownership mode by an owner, and never to single while there are several', async () => {
    const team = await newOrganization()
    const admin = await newMember(team, 'admin')
    await newMember(team, 'owner')
    const mode = { ownership: 'single' }
    expectProblem(await admin.api.patch(team.path, mode), 403, 'forbidden', { permission: 'owners:manage' })
    expectProblem(await team.owner.api.patch(team.path, mode), 409, 'several_owners', { owners: 2 })
  })

  test('says in its log what has changed, from what to what', async () => {
    const { owner, path } = await newOrganization({ seat_limit: 5 })
    await owner.api.patch(path, { name: 'Renamed' })
    await api.patch(path, { seat_limit: 9 })
    const { data } = (await owner.api.get(`${path}/events?limit=2`)).body
    expect(data).toMatchObject([
      { type: 'seat_limit.changed', actor: { type: 'operator', id: null }, data: { seat_limit: { from: 5, to: 9 } } },
      { type: 'organization.updated', actor: { id: owner.id }, data: { name: { from: 'Acme', to: 'Renamed' } } },
    ])
  })
})

describe('a new slug', () => {
  test('is the organization’s from then on', async () => {
    const team = await newOrganization()
    expect((await rename(team, 'new-slug')).body.slug).toBe('new-slug')
    expectProblem(await create('new-slug'), 409, 'slug_taken')
  })

  test('of another organization is refused, and nothing else of the change happens', async () => {
    const [team, other] = [await newOrganization(), await newOrganization({ slug: 'others-slug' })]
    const refused = await team.owner.api.patch(team.path, { slug: other.slug, name: 'Half' })
    expectProblem(refused, 409, 'slug_taken')
    expect((await team.owner.api.get(team.path)).body).toMatchObject({ name: 'Acme', slug: team.slug })
  })

  test('that is reserved is refused, unless the organization has it already', async () => {
    const [team, shop] = [await newOrganization(), await newOrganization({ slug: 'early-shop' })]
    expectProblem(await team.owner.api.patch(team.path, { slug: 'admin', name: 'Half' }), 409, 'slug_reserved')
    expectProblem(await api.patch(team.path, { slug: 'admin' }), 409, 'slug_reserved')
    expect((await team.owner.api.get(team.path)).body).toMatchObject({ name: 'Acme', slug: team.slug })
    expect((await api.patch('/v1/settings', { reserved_slugs: ['early-shop'] })).status).toBe(200)
    expect((await shop.owner.api.patch(shop.path, { slug: 'early-shop', name: 'Shop' })).status).toBe(200)
    expect((await api.patch('/v1/settings', { reserved_slugs: [] })).status).toBe(200)
  })

  test('frees the one before for others', async () => {
    const team = await newOrganization({ slug: 'slug-before' })
    await age('slug-before')
    await rename(team, 'slug-after')
    expect((await create('slug-before')).status).toBe(201)
  })

  test('goes to exactly one of two organizations that race for it', async () => {
    const teams = await Promise.all(Array.from({ length: 6 }, () => newOrganization()))

    const answers = await Promise.all(teams.map((team) => rename(team, 'raced-for')))

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409])
    const slugs = await Promise.all(teams.map(async ({ owner, path }) => (await owner.api.get(path)).body.slug))
    expect(slugs.filter((slug) => slug === 'raced-for')).toHaveLength(1)
  })

  test('is given back when the change is refused', async () => {
    const team = await newOrganization()
    const member = await newMember(team)
    expectProblem(await rename(team, 'given-back', { 'If-Match': '"99"' }), 412, 'revision_mismatch')
    expectProblem(await member.api.patch(team.path, { slug: 'given-back' }), 403, 'forbidden')
    expect((await create('given-back')).status).toBe(201)
  })

  test('stays taken when one of two changes to it is refused', async () => {
    const team = await newOrganization()
    const sameRevision = { 'If-Match': '"1"' }

    const answers = await Promise.all(Array.from({ length: 5 }, () => rename(team, 'stays-taken', sameRevision)))

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412])
    expectProblem(await create('stays-taken'), 409, 'slug_taken')
  })

  test('stays taken when a change to it that came later is refused', async () => {
    const team = await newOrganization()
    const [won, joined, done] = [signal(), signal(), signal()]
    const first = renameVia(team, 'claimed-twice', async () => {
      won.resolve()
      await joined.promise
    })
    await won.promise
    await scheduler.wait(2)
    const second = renameVia(team, 'claimed-twice', async () => {
      joined.resolve()
      await done.promise
    })
    expect((await first).status).toBe(200)
    done.resolve()

    expectProblem(await second, 412, 'revision_mismatch')
    expectProblem(await create('claimed-twice'), 409, 'slug_taken')
  })

  test('stays taken when an older change is repeated', async () => {
    const team = await newOrganization({ slug: 'first-slug' })
    const repeatable = { 'Idempotency-Key': 'second' }
    await rename(team, 'second-slug', repeatable)
    await rename(team, 'third-slug')
    await age('third-slug')

    const repeated = await rename(team, 'second-slug', repeatable)

    expect(repeated.headers.get('Idempotency-Replayed')).toBe('true')
    expect((await team.owner.api.get(team.path)).body.slug).toBe('third-slug')
    expectProblem(await create('third-slug'), 409, 'slug_taken')
  })

  test('may be the one that the organization has', async () => {
    const team = await newOrganization({ slug: 'unchanged' })
    const answer = await rename(team, 'unchanged')
    expect(answer.body).toMatchObject({ slug: 'unchanged', revision: 1 })
    expectProblem(await create('unchanged'), 409, 'slug_taken')
  })

  test.each(['ab', 'Abc', '-abc', 'a b'])('is refused as %o', async (slug) => {
    expectInvalid(await rename(await newOrganization(), slug), 'slug')
  })
})
