import { expect, test } from 'vitest'
import { networkOf, shortenedNetwork } from '../../src/accounts/network.ts'

test('an IPv4 address stands for itself', () => {
  expect(networkOf('203.0.113.7')).toBe('203.0.113.7')
  expect(networkOf('203.0.113.7')).not.toBe(networkOf('203.0.113.8'))
})

test('an IPv4 address is the same one in the spelling of IPv6', () => {
  expect(networkOf('::ffff:203.0.113.7')).toBe('203.0.113.7')
  expect(networkOf('::FFFF:203.0.113.7')).toBe('203.0.113.7')
})

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
  ['2001:db8:1:2::1', '2001:0DB8:0001:0002:0000:0000:0000:0001'],
  ['2001:db8::1', '2001:db8:0:0:9::'],
  ['::1', '0:0:0:0:1:2:3:4'],
  ['1::', '1:0:0:0:5::'],
])('%s and %s are of one network', (one, other) => {
  expect(networkOf(one)).toBe(networkOf(other))
})

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:3::1'],
  ['2001:db8::1', '2001:db8:0:1::1'],
  ['::1', '0:0:0:1::1'],
  ['1:2:3:4::', '1:2:3::4'],
])('%s and %s are of different networks', (one, other) => {
  expect(networkOf(one)).not.toBe(networkOf(other))
})

test('what is no address, or none at all, is counted all the same', () => {
  expect(networkOf('nonsense')).toBe('nonsense')
  expect(networkOf('')).toBe('')
  expect(networkOf(undefined)).toBe('unknown')
})

test.each([
  ['203.0.113.7', '203.0.113.0/24'],
  ['::ffff:203.0.113.7', '203.0.113.0/24'],
  ['2001:db8:1:2::1', '2001:db8:1::/48'],
  ['2001:0DB8::1', '2001:db8:0::/48'],
  ['::1', '0:0:0::/48'],
])('the log keeps of %s only %s', (ip, network) => {
  expect(shortenedNetwork(ip)).toBe(network)
})

test.each(['nonsense', '', undefined])('the log keeps nothing of %s, which is no IP', (text) => {
  expect(shortenedNetwork(text)).toBeNull()
})
