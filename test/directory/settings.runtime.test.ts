import { beforeEach, describe, expect, test, vi } from 'vitest'
import { DEFAULT_SETTINGS } from '../../src/contract/settings.ts'
import { currentSettings, readSettings, updateSettings } from '../../src/directory/settings.ts'
import { directoryThat, unreachableDirectory } from '../support/api-faults.ts'

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

describe('while the directory is out of reach', () => {
  test('the last settings known stand', async () => {
    let down = false
    const directory = directoryThat(() => down)
    await updateSettings(directory, { invitation_expiry_days: 3 })
    down = true
    expect(await currentSettings(directory)).toMatchObject({ invitation_expiry_days: 3 })
  })

  test('the defaults stand where none were ever known', async () => {
    expect(await currentSettings(unreachableDirectory())).toEqual(DEFAULT_SETTINGS)
  })

  test('the operator is not shown what may be old', async () => {
    await expect(readSettings(unreachableDirectory())).rejects.toThrow()
    await expect(updateSettings(unreachableDirectory(), {})).rejects.toThrow()
  })
})

test('a change through one isolate reaches another', async () => {
  const [one, other] = [directoryThat(() => false), directoryThat(() => false)]
  await updateSettings(one, { default_seat_limit: 9 })
  expect(await currentSettings(other)).toMatchObject({ default_seat_limit: 9 })
})
