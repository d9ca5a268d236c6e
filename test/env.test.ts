import { describe, expect, test } from 'vitest'
import { configOf } from '../src/env.ts'

const ENVIRONMENT = {
  PUBLIC_URL: 'https://muster.test',
  OPERATOR_KEY: 'o'.repeat(32),
  LINK_KEYS: `k1:${'l'.repeat(32)}`,
  MAIL_TRANSPORT: 'mailbox',
  MAIL_FROM: 'Muster <muster@localhost>',
  SMTP_HOST: 'localhost',
  SMTP_PORT: '587',
  SMTP_SECURITY: 'starttls',
}

const ISSUER = { issuer: 'https://id.test', audience: 'muster', jwks_uri: 'https://id.test/jwks' }
const trusting = (...issuers: object[]) => JSON.stringify(issuers)
const trusted = (text?: string) => configOf({ ...ENVIRONMENT, TRUSTED_ISSUERS: text }).TRUSTED_ISSUERS

describe('TRUSTED_ISSUERS', () => {
  test('are none by default', () => {
    expect(trusted()).toEqual([])
    expect(trusted('[]')).toEqual([])
  })

  test('have algorithms of public keys by default, and one audience or several', () => {
    const algorithms = ['RS256', 'ES256', 'EdDSA', 'PS256']
    const [first, second] = [ISSUER, { ...ISSUER, issuer: 'other', audience: ['a', 'b'], algorithms: ['ES512'] }]
    expect(trusted(trusting(first, second))).toEqual([{ ...ISSUER, audience: ['muster'], algorithms }, second])
  })

  test.each(['http://localhost:3000/jwks', 'http://127.0.0.1/jwks', 'http://127.1.2.3:1/', 'http://[::1]:80/jwks'])(
    'may have their keys on this machine: %s',
    (jwks_uri) => {
      expect(trusted(trusting({ ...ISSUER, jwks_uri }))).toHaveLength(1)
    },
  )

  test.each([
    ['no JSON', 'https://id.test'],
    ['no list', '{}'],
    ['an issuer without keys', trusting({ ...ISSUER, jwks_uri: undefined })],
    ['an issuer without audience', trusting({ ...ISSUER, audience: [] })],
    ['an issuer without name', trusting({ ...ISSUER, issuer: '' })],
    ['a member that there is not', trusting({ ...ISSUER, jwksUri: '' })],
    ['an issuer twice', trusting(ISSUER, { ...ISSUER, audience: 'other' })],
    ['keys that come in the clear', trusting({ ...ISSUER, jwks_uri: 'http://id.test/jwks' })],
    ['a host that only begins like this machine', trusting({ ...ISSUER, jwks_uri: 'http://127.0.0.1.id.test/' })],
    ['keys in a file', trusting({ ...ISSUER, jwks_uri: 'file:///etc/jwks' })],
    ['a password in the address', trusting({ ...ISSUER, jwks_uri: 'https://a:b@id.test/jwks' })],
    ['the algorithm none', trusting({ ...ISSUER, algorithms: ['none'] })],
    ['an algorithm with a shared secret', trusting({ ...ISSUER, algorithms: ['RS256', 'HS256'] })],
    ['no algorithm', trusting({ ...ISSUER, algorithms: [] })],
  ])('are refused by their name, without a value: %s', (_, text) => {
    expect(() => trusted(text)).toThrow(/TRUSTED_ISSUERS/)
    expect(() => trusted(text)).not.toThrow(/id\.test/)
  })
})
