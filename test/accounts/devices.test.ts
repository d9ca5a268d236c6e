import { describe, expect, test } from 'vitest'
import { deviceOf, deviceToken, newDeviceId } from '../../src/accounts/devices.ts'

const [older, newer] = [
  { id: 'k1', secret: 'a'.repeat(64) },
  { id: 'k2', secret: 'b'.repeat(64) },
] as const

describe('the token of a device', () => {
  test('names the device under the key that signed it, also once a newer key signs', () => {
    const id = newDeviceId()
    const token = deviceToken(id, [older])
    expect(deviceOf(token, [older])).toBe(id)
    expect(deviceOf(token, [newer, older])).toBe(id)
    expect(deviceOf(token, [newer])).toBeNull()
  })

  test('names nothing when a character of it differs, or when it is signed by another secret of the same name', () => {
    const token = deviceToken(newDeviceId(), [older])
    for (let index = 0; index < token.length; index += 1) {
      const other = token[index] === 'x' ? 'y' : 'x'
      expect(deviceOf(`${token.slice(0, index)}${other}${token.slice(index + 1)}`, [older, newer])).toBeNull()
    }
    expect(deviceOf(token, [{ ...older, secret: 'c'.repeat(64) }])).toBeNull()
    for (const none of [undefined, '', newDeviceId(), `${token}x`, token.toUpperCase()]) {
      expect(deviceOf(none, [older])).toBeNull()
    }
  })
})
