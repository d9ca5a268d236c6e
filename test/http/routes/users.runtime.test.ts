import { describe, expect, test } from 'vitest'
import { as, expectInvalid, expectProblem, operator } from '../../support/api.ts'
import { created, newUser } from '../../support/api-builders.ts'
import { someId } from '../../support/api-world.ts'

const api = as(operator)

describe('a new user', () => {
  test('has the address, normalized, and nothing more than was said', async () => {
    const user = created(await api.post('/v1/users', { email: ' Ann.Lee+Team@EXAMPLE.test ' }))
    expect(user).toEqual({
      object: 'user',
      id: expect.stringMatching(/^usr_/),
      email: 'ann.lee+team@example.test',
      email_verified: false,
      name: null,
      attributes: {},
      created_at: expect.stringMatching(/Z$/),
      last_sign_in_at: null,
    })
    expect((await api.get(`/v1/users/${user.id}`)).body).toEqual(user)
  })

  test('may come with a name and a verified address', async () => {
    const user = created(await api.post('/v1/users', { email: 'ver@x.test', name: '  Vera  ', email_verified: true }))
    expect(user).toMatchObject({ name: 'Vera', email_verified: true })
  })

  test('is refused where the address has an account, in any spelling', async () => {
    created(await api.post('/v1/users', { email: 'taken@bücher.test' }))
    for (const email of ['taken@bücher.test', 'TAKEN@XN--BCHER-KVA.test', ' Taken@Bücher.test']) {
      expectProblem(await api.post('/v1/users', { email }), 409, 'email_taken')
    }
  })

  test('is made once however many calls race for the address', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.post('/v1/users', { email: 'race@x.test' })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)])
  })

  test.each([
    'ann',
    'ann@',
    '@x.test',
    'ann@x',
    'a b@x.test',
    'ann@x..test',
    'ann@1.2.3.4',
    `${'a'.repeat(250)}@x.test`,
    '',
  ])('is refused with the address %o', async (email) => {
    expectInvalid(await api.post('/v1/users', { email }), 'email')
  })

  test('needs an address', async () => {
    expectInvalid(await api.post('/v1/users', { name: 'Ann' }), 'email')
    expectInvalid(await api.post('/v1/users'), 'email')
  })

  test('comes once of calls with the same Idempotency-Key, and answers each of them alike', async () => {
    const headers = { 'Idempotency-Key': 'user-1' }
    const make = (email: string) => api.post('/v1/users', { email }, headers)
    const first = await make('once@x.test')
    const second = await make('once@x.test')

    expect(second).toMatchObject({ status: 201, body: first.body })
    expect(second.headers.get('Idempotency-Replayed')).toBe('true')
    expectProblem(await make('other@x.test'), 422, 'idempotency_key_reused')
  })

  test('comes once of racing calls with the same Idempotency-Key', async () => {
    const headers = { 'Idempotency-Key': 'user-2' }
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => api.post('/v1/users', { email: 'idem-race@x.test' }, headers)),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
  })
})

describe('a user', () => {
  test('of an unknown id is not found', async () => {
    for (const id of [someId('usr'), 'usr_1', 'nonsense', '%00', 'a'.repeat(1000)]) {
      expectProblem(await api.get(`/v1/users/${id}`), 404, 'not_found')
      expectProblem(await api.patch(`/v1/users/${id}`, { name: 'X' }), 404, 'not_found')
    }
  })

  test('is changed in what is named and stays as it was in the rest', async () => {
    const user = await newUser('Ann Lee', { email_verified: true })
    const changed = await api.patch(`/v1/users/${user.id}`, { name: 'Ann Ray' })
    expect(changed.body).toMatchObject({ name: 'Ann Ray', email: user.email, email_verified: true })
    expect((await api.patch(`/v1/users/${user.id}`, { email_verified: false })).body).toMatchObject({
      name: 'Ann Ray',
      email_verified: false,
    })
  })

  test('can lose the name, and is then sorted and found by the address', async () => {
    const user = await newUser('Qzq')
    expect((await api.patch(`/v1/users/${user.id}`, { name: null })).body.name).toBeNull()
    expect((await api.get('/v1/users?query=qzq')).body.data).toEqual([])
    expect((await api.get(`/v1/users?query=${user.email}`)).body.data).toMatchObject([{ id: user.id }])
  })

  test('is found under the new name once renamed', async () => {
    const user = await newUser('Before')
    await api.patch(`/v1/users/${user.id}`, { name: 'Xyzzy After' })
    expect((await api.get('/v1/users?query=xyzzy')).body.data).toMatchObject([{ id: user.id }])
  })

  test.each(['', '   ', 'a'.repeat(201), 'a\nb'])('cannot be named %o', async (name) => {
    const user = await newUser()
    expectInvalid(await api.patch(`/v1/users/${user.id}`, { name }), 'name')
  })
})
