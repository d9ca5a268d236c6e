import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import {
  createUser,
  findOrCreateUser,
  findOrCreateVerifiedUser,
  getUser,
  updateUser,
} from '../../src/accounts/users.ts'
import { OPERATOR } from '../../src/membership/actor.ts'
import { someId } from '../support/api-world.ts'

const { ACCOUNTS } = env
const person = (email: string) => ({ id: someId('usr'), email, name: 'Ann', emailVerified: false })

describe('the account of an address', () => {
  test('is made once however many ask for it at once', async () => {
    const users = await Promise.all(
      Array.from({ length: 20 }, () => findOrCreateUser(ACCOUNTS, 'race@x.test', 'Ann', OPERATOR)),
    )
    expect(new Set(users.map(({ id }) => id)).size).toBe(1)
  })

  test('keeps the name that it has', async () => {
    await findOrCreateUser(ACCOUNTS, 'named@x.test', 'First', OPERATOR)
    expect(await findOrCreateUser(ACCOUNTS, 'named@x.test', 'Second', OPERATOR)).toMatchObject({ name: 'First' })
    expect(await findOrCreateVerifiedUser(ACCOUNTS, 'named@x.test', 'Third')).toMatchObject({ name: 'First' })
  })

  test('is verified once someone has proven to own it, and stays so', async () => {
    expect(await findOrCreateUser(ACCOUNTS, 'proven@x.test', null, OPERATOR)).toMatchObject({ emailVerified: false })
    expect(await findOrCreateVerifiedUser(ACCOUNTS, 'proven@x.test', null)).toMatchObject({ emailVerified: true })
    expect(await findOrCreateUser(ACCOUNTS, 'proven@x.test', null, OPERATOR)).toMatchObject({ emailVerified: true })
  })
})

describe('creating an account', () => {
  test('under the same id again answers with what the first call made', async () => {
    const ann = person('again@x.test')
    expect(await createUser(ACCOUNTS, ann, OPERATOR)).toMatchObject({ id: ann.id })
    expect(await createUser(ACCOUNTS, ann, OPERATOR)).toMatchObject({ id: ann.id, email: 'again@x.test' })
  })

  test('of an address that has one is refused', async () => {
    await createUser(ACCOUNTS, person('has-one@x.test'), OPERATOR)
    expect(await createUser(ACCOUNTS, person('has-one@x.test'), OPERATOR)).toBeNull()
  })
})

test('nobody has an unknown id', async () => {
  expect(await getUser(ACCOUNTS, someId('usr'))).toBeNull()
  expect(await updateUser(ACCOUNTS, someId('usr'), { name: 'X' }, OPERATOR)).toBeNull()
})
