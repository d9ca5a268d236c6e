import { describe, expect, test } from 'vitest'
import { as, expectInvalid, expectProblem, operator } from '../../support/api.ts'
import { created, followed, newOrganization, newUser, type Person } from '../../support/api-builders.ts'
import { newApiKey, someId } from '../../support/api-world.ts'

const api = as(operator)
const create = (fields: object, headers = {}) => api.post('/v1/organizations', { name: 'Acme', ...fields }, headers)

const statuses = (answers: readonly { status: number }[]) => answers.map(({ status }) => status).sort()

describe('an organization that the operator creates', () => {
  test('without an owner has nobody in it and waits for its first owner to be invited', async () => {
    const organization = created(await create({ name: '  Acme Inc.  ' }))
    expect(organization).toMatchObject({ name: 'Acme Inc.', seat_limit: null, external_id: null, revision: 1 })

    const path = `/v1/organizations/${organization.id}`
    expect((await api.get(`${path}/members`)).body.data).toEqual([])
    expect((await api.post(`${path}/invitations`, { email: 'first@x.test', role: 'owner' })).status).toBe(201)
  })

  test('with an owner has them as its active owner', async () => {
    const owner = await newUser('Ann Lee')
    const organization = created(await create({ owner_user_id: owner.id }))
    expect((await owner.api.get(`/v1/organizations/${organization.id}/members`)).body.data).toMatchObject([
      { user_id: owner.id, email: owner.email, name: 'Ann Lee', role: 'owner', status: 'active', source: 'created' },
    ])
  })

  test('has what it was given', async () => {
    const given = {
      slug: 'given-slug',
      external_id: 'crm-42',
      ownership: 'single',
      upgrade_url: 'https://product.test/upgrade?org=1',
      seat_limit: 12,
    }
    expect(created(await create({ ...given, location_hint: 'apac' }))).toMatchObject(given)
  })

  test('with an owner whom nobody knows is not created', async () => {
    expectInvalid(await create({ owner_user_id: someId('usr'), slug: 'no-owner' }), 'owner_user_id')
    expect((await create({ slug: 'no-owner' })).status).toBe(201)
  })

  test.each([
    ['seat_limit', 0],
    ['seat_limit', 1.5],
    ['ownership', 'none'],
    ['location_hint', 'moon'],
    ['upgrade_url', 'javascript:1'],
  ])('is refused with %s %o', async (field, value) => {
    expectInvalid(await create({ [field]: value }), field)
  })
})

describe('an organization that a person creates', () => {
  test('has its creator as its owner', async () => {
    const person = await newUser('Bob Fox')
    const answer = await person.api.post('/v1/organizations', { name: 'Mine' })
    const { id } = created(answer)
    expect(answer.headers.get('Muster-Revision')).toBe('1')
    expect((await person.api.get(`/v1/organizations/${id}/members`)).body.data).toMatchObject([
      { user_id: person.id, role: 'owner', source: 'created' },
    ])
  })

  test.each([
    { seat_limit: 5 },
    { seat_limit: null },
    { external_id: 'crm-1' },
    { external_id: null },
    { owner_user_id: 'usr_01h455vb4pex5vsknk084sn02q' },
  ])('is refused with %o, which the operator sets', async (field) => {
    const person = await newUser()
    const refused = await person.api.post('/v1/organizations', { name: 'Mine', ...field })
    expectProblem(refused, 403, 'forbidden', { permission: 'operator' })
  })

  test('cannot be created with an API key', async () => {
    const { api: key } = await newApiKey(await newOrganization())
    expectProblem(await key.post('/v1/organizations', { name: 'Mine' }), 403, 'forbidden', { permission: 'operator' })
  })
})

describe('a slug', () => {
  test.each([
    ['Räder & Söhne GmbH', 'rader-sohne-gmbh'],
    ['  --- Hyphens ---  ', 'hyphens'],
    ['A'.repeat(100), 'a'.repeat(40)],
  ])('is made from the name %o', async (name, slug) => {
    expect(created(await create({ name })).slug).toBe(slug)
  })

  test.each(['株式会社', 'Ab', '!!!'])('is made up where the name %o has too little for one', async (name) => {
    expect(created(await create({ name })).slug).toMatch(/^team(-ab)?-\d{6}$/)
  })

  test('made from a name that is taken gets digits behind', async () => {
    created(await create({ name: 'Popular' }))
    const slugs = await Promise.all(Array.from({ length: 10 }, () => create({ name: 'Popular' })))
    expect(statuses(slugs)).toEqual(Array(10).fill(201))
    for (const { body } of slugs) expect(body.slug).toMatch(/^popular-\d{6}$/)
  })

  test('of another organization is refused', async () => {
    created(await create({ slug: 'taken-slug' }))
    expectProblem(await create({ slug: 'taken-slug' }), 409, 'slug_taken')
  })

  test('that is reserved is refused to everybody', async () => {
    const person = await newUser()
    for (const slug of ['www', 'support', 'xn--80ak6aa92e']) {
      expectProblem(await create({ slug }), 409, 'slug_reserved')
      expectProblem(await person.api.post('/v1/organizations', { name: 'Acme', slug }), 409, 'slug_reserved')
    }
  })

  test('made from a name avoids what is reserved, by the deployment too', async () => {
    expect((await api.patch('/v1/settings', { reserved_slugs: ['corner-shop'] })).status).toBe(200)
    expect(created(await create({ name: 'Support' })).slug).toMatch(/^support-\d{6}$/)
    expect(created(await create({ name: 'Corner Shop' })).slug).toMatch(/^corner-shop-\d{6}$/)
    expectProblem(await create({ slug: 'corner-shop' }), 409, 'slug_reserved')
    expect((await api.patch('/v1/settings', { reserved_slugs: [] })).status).toBe(200)
  })

  test('goes to exactly one of many who want it at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => create({ slug: 'wanted-by-all' })))
    expect(statuses(answers)).toEqual([201, ...Array(19).fill(409)])
  })

  test.each(['ab', 'a'.repeat(64), '-abc', 'abc-', 'Abc', 'a_b', 'a b', 'ä-b', 'a.b', ''])(
    'is refused as %o',
    async (slug) => {
      expectInvalid(await create({ slug }), 'slug')
    },
  )

  test.each(['abc', 'a'.repeat(63), '0-0', 'a--b'])('is taken as %o', async (slug) => {
    expect(created(await create({ slug })).slug).toBe(slug)
  })
})

describe('max_organizations_per_user', () => {
  const createAs = (person: Person) => person.api.post('/v1/organizations', { name: 'One of many' })

  test('is kept exactly by twenty calls at once', async () => {
    await api.patch('/v1/settings', { max_organizations_per_user: 7 })
    const person = await newUser()

    const answers = await Promise.all(Array.from({ length: 20 }, () => createAs(person)))

    expect(statuses(answers)).toEqual([...Array(7).fill(201), ...Array(13).fill(409)])
    const refused = answers.find(({ status }) => status === 409)
    expect(refused?.body).toMatchObject({ code: 'organization_limit_reached', limit: 7 })
  })

  test('leaves a refused slug to others', async () => {
    await api.patch('/v1/settings', { max_organizations_per_user: 0 })
    const person = await newUser()
    const refused = await person.api.post('/v1/organizations', { name: 'Acme', slug: 'left-to-others' })
    expectProblem(refused, 409, 'organization_limit_reached', { limit: 0 })
    expect((await create({ slug: 'left-to-others' })).status).toBe(201)
  })

  test('does not count what the operator made for them, nor what was refused or deleted', async () => {
    await api.patch('/v1/settings', { max_organizations_per_user: 1 })
    const person = await newUser()
    created(await create({ owner_user_id: person.id }))
    created(await create({ slug: 'long-since-taken' }))
    expectProblem(
      await person.api.post('/v1/organizations', { name: 'A', slug: 'long-since-taken' }),
      409,
      'slug_taken',
    )
    const { id } = created(await createAs(person))
    expectProblem(await createAs(person), 409, 'organization_limit_reached')

    await person.api.delete(`/v1/organizations/${id}`)
    await followed({ id })

    expect((await createAs(person)).status).toBe(201)
  })
})

describe('Idempotency-Key', () => {
  const once = { 'Idempotency-Key': 'create-1' }

  test('answers a repeated creation as the first time', async () => {
    const first = await create({ name: 'Once', slug: 'once-only' }, once)
    const second = await create({ name: 'Once', slug: 'once-only' }, once)

    expect(second).toMatchObject({ status: 201, body: first.body })
    expect(second.headers.get('Idempotency-Replayed')).toBe('true')
    expectProblem(await create({ name: 'Other' }, once), 422, 'idempotency_key_reused')
  })

  test('makes one organization of racing calls, whichever slug it gets', async () => {
    const headers = { 'Idempotency-Key': 'create-race' }
    const answers = await Promise.all(Array.from({ length: 10 }, () => create({ name: 'Raced' }, headers)))
    const fine = answers.filter(({ status }) => status === 201)
    expect(new Set(fine.map(({ body }) => body.id)).size).toBe(1)
    expect(fine).toHaveLength(10)
  })

  test('of a person at their limit still answers as the first time', async () => {
    await api.patch('/v1/settings', { max_organizations_per_user: 1 })
    const person = await newUser()
    const make = () => person.api.post('/v1/organizations', { name: 'Only one' }, { 'Idempotency-Key': 'only' })
    const racing = await Promise.all(Array.from({ length: 5 }, make))
    expect(new Set(racing.map(({ body }) => body.id)).size).toBe(1)
    expect(statuses(racing)).toEqual(Array(5).fill(201))
  })

  test('of a refused creation may be used again', async () => {
    created(await create({ slug: 'in-the-way' }))
    const headers = { 'Idempotency-Key': 'again' }
    expectProblem(await create({ slug: 'in-the-way' }, headers), 409, 'slug_taken')
    expect((await create({ slug: 'out-of-the-way' }, headers)).status).toBe(201)
  })
})
