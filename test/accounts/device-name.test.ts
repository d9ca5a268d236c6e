import { expect, test } from 'vitest'
import { deviceName } from '../../src/accounts/device-name.ts'

test('a device is called by browser and system', () => {
  const chrome =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36'
  expect(deviceName(chrome)).toBe('Chrome on Windows')
  expect(deviceName(`${chrome} Edg/140.0`)).toBe('Edge on Windows')
  expect(deviceName('Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1')).toBe(
    'Safari on iPhone',
  )
  expect(deviceName('curl/8.5.0')).toBe('curl')
  expect(deviceName(null)).toBe('Unknown device')
})
