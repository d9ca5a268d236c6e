import { env } from 'cloudflare:workers'
import { afterAll, describe, expect, test } from 'vitest'
import { updateSettings } from '../../src/directory/settings.ts'
import { OPERATOR } from '../../src/membership/actor.ts'
import { provenAccount } from '../../src/onboarding/proven-account.ts'
import { followed, newInvitation, newOrganization, newUser } from '../support/api-builders.ts'

const { ACCOUNTS } = env
const signUp = (enabled: boolean) => updateSettings(ACCOUNTS, { sign_up_enabled: enabled }, OPERATOR)
const accountOf = (email: string, now = Date.now()) => provenAccount(env, email, 'Ann', now)
const disabled = { ok: false, error: { code: 'sign_up_disabled' } }

afterAll(() => signUp(true))

test('who proves an address for the first time gets an account, one, however often at once', async () => {
  await signUp(true)
  const accounts = await Promise.all(Array.from({ length: 20 }, () => accountOf('first@x.test')))
  const [first] = accounts
  expect(first).toMatchObject({ ok: true, value: { email: 'first@x.test', name: 'Ann', emailVerified: true } })
  for (const account of accounts) expect(account).toEqual(first)
})

describe('while people may not sign up', () => {
  test('a stranger gets no account', async () => {
    await signUp(false)
    expect(await accountOf('stranger@x.test')).toEqual(disabled)
  })

  test('whoever has an account has it still, with the address verified from now on', async () => {
    const { id, email } = await newUser()
    await signUp(false)
    expect(await accountOf(email)).toMatchObject({ ok: true, value: { id, emailVerified: true } })
  })

  test('whoever is invited gets an account, as long as the invitation stands', async () => {
    const team = await newOrganization()
    const { email } = await newInvitation(team)
    await followed(team)
    await signUp(false)
    expect(await accountOf(email, Date.now() + 91 * 24 * 3_600_000)).toEqual(disabled)
    expect(await accountOf(email)).toMatchObject({ ok: true, value: { email } })
  })
})
