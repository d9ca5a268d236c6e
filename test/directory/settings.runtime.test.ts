import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DEFAULT_SETTINGS } from '../../src/contract/settings.ts'
import { currentSettings, readSettings, updateSettings } from '../../src/directory/settings.ts'
import { OPERATOR } from '../../src/membership/actor.ts'
import { accountsThat, unreachableAccounts } from '../support/api-faults.ts'

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
})

describe('while the directory is out of reach', () => {
  test('the last settings known stand', async () => {
    let down = false
    const directory = accountsThat(() => down)
    await updateSettings(directory, { invitation_expiry_days: 3 }, OPERATOR)
    down = true
    expect(await currentSettings(directory)).toMatchObject({ invitation_expiry_days: 3 })
  })

  test('the defaults stand where none were ever known', async () => {
    expect(await currentSettings(unreachableAccounts())).toEqual(DEFAULT_SETTINGS)
  })

  test('the operator is not shown what may be old', async () => {
    await expect(readSettings(unreachableAccounts())).rejects.toThrow()
    await expect(updateSettings(unreachableAccounts(), {}, OPERATOR)).rejects.toThrow()
  })
})

test('a change counts at once in its own isolate, and in another when five seconds have passed, to the millisecond', async () => {
  const [one, other] = [accountsThat(() => false), accountsThat(() => false)]
  const limits = async () =>
    [await currentSettings(one), await currentSettings(other)].map((all) => all.default_seat_limit)
  const start = Date.now()
  vi.setSystemTime(start)
  await updateSettings(one, { default_seat_limit: 7 }, OPERATOR)
  expect(await limits()).toEqual([7, 7])

  vi.setSystemTime(start + 1)
  await updateSettings(one, { default_seat_limit: 9 }, OPERATOR)

  expect(await limits()).toEqual([9, 7])
  vi.setSystemTime(start + 4_999)
  expect(await limits()).toEqual([9, 7])
  vi.setSystemTime(start + 5_000)
  expect(await limits()).toEqual([9, 9])
})
