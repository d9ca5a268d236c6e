import { describe, expect, test } from 'vitest'
import { configOf, directoryNames, isAllowedHost } from '../src/env.ts'

const HEX = '9f1c4e7ab2d80635e1fa47c9d3b826507c5e9a1f4d3b8e6027ac91f5d0e3b684'

const ENVIRONMENT = {
  DIRECTORY: {},
  PUBLIC_URL: 'https://muster.test',
  OPERATOR_KEY: 'ok_Qm4vX8sLw2RkTz6JcYp0Hd9NbFe3Ua7Gi',
  LINK_KEYS: `k1:${HEX}`,
  MAIL_TRANSPORT: 'mailbox',
  MAIL_FROM: 'Muster <muster@localhost>',
  SMTP_HOST: 'localhost',
  SMTP_PORT: '587',
  SMTP_SECURITY: 'starttls',
}

const ISSUER = { issuer: 'https://id.test', audience: 'muster', jwks_uri: 'https://id.test/jwks' }
const trusting = (...issuers: object[]) => JSON.stringify(issuers)
const trusted = (text?: string) => configOf({ ...ENVIRONMENT, TRUSTED_ISSUERS: text }).TRUSTED_ISSUERS

describe('CURRENT_DIRECTORY', () => {
  test('is DIRECTORY by default, or any other that is bound', () => {
    expect(configOf({ ...ENVIRONMENT }).CURRENT_DIRECTORY).toBe('DIRECTORY')
    const two = { ...ENVIRONMENT, DIRECTORY_2: {}, CURRENT_DIRECTORY: 'DIRECTORY_2' }
    expect(configOf(two).CURRENT_DIRECTORY).toBe('DIRECTORY_2')
  })

  test.each(['DIRECTORY_2', 'ACCOUNTS', 'directory'])('is refused if no directory has the name: %s', (name) => {
    expect(() => configOf({ ...ENVIRONMENT, ACCOUNTS: {}, CURRENT_DIRECTORY: name })).toThrow(/CURRENT_DIRECTORY/)
  })
})

describe('the directories', () => {
  test('are all that are bound, by number', () => {
    const names = ['DIRECTORY_10', 'DIRECTORY_2', 'DIRECTORY', 'DIRECTORY_LOCATION', 'DIRECTORY_WRITER', 'DIRECTORY_02']
    const env = Object.fromEntries(names.map((name) => [name, {}]))
    expect(directoryNames(env)).toEqual(['DIRECTORY', 'DIRECTORY_2', 'DIRECTORY_10'])
    expect(directoryNames({ DIRECTORY: {}, DIRECTORY_2: 'text', DIRECTORY_3: undefined })).toEqual(['DIRECTORY'])
  })
})

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
    ['an issuer in the clear', trusting({ ...ISSUER, issuer: 'http://id.test' })],
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

describe('a configuration that is not safe is refused by the names of its variables', () => {
  const refusal = (variables: object): string => {
    try {
      configOf({ ...ENVIRONMENT, ...variables })
    } catch (error) {
      return String(error)
    }
    return 'accepted'
  }

  test.each([
    ['mailbox for everybody', 'MAIL_TRANSPORT', { PUBLIC_URL: 'https://muster.example' }],
    ['mailbox on a host that only looks reserved', 'MAIL_TRANSPORT', { PUBLIC_URL: 'https://muster.test.example' }],
    ['http for a public host', 'PUBLIC_URL', { PUBLIC_URL: 'http://muster.example' }],
    ['http for a host that only begins like this machine', 'PUBLIC_URL', { PUBLIC_URL: 'http://127.0.0.1.example' }],
    ['no operator key', 'OPERATOR_KEY', { OPERATOR_KEY: undefined }],
    ['a short operator key', 'OPERATOR_KEY', { OPERATOR_KEY: 'Qm4vX8sLw2RkTz6JcYp0Hd9NbFe3Ua7' }],
    ['an operator key of one character', 'OPERATOR_KEY', { OPERATOR_KEY: 'o'.repeat(40) }],
    ['an operator key of a repeated part', 'OPERATOR_KEY', { OPERATOR_KEY: 'Qm4vX8sLw2'.repeat(4) }],
    ['an operator key in order', 'OPERATOR_KEY', { OPERATOR_KEY: 'abcdefghijklmnopqrstuvwxyz0123456789' }],
    ['short link keys', 'LINK_KEYS', { LINK_KEYS: `k1:${HEX.slice(1)}` }],
    ['link keys that are not hexadecimal', 'LINK_KEYS', { LINK_KEYS: `k1:${HEX.slice(1)}z` }],
    ['a link key of zeros', 'LINK_KEYS', { LINK_KEYS: `k1:${'0'.repeat(64)}` }],
    ['a link key of a repeated part', 'LINK_KEYS', { LINK_KEYS: `k1:${'0123456789abcdef'.repeat(4)}` }],
    ['two link keys of one id', 'LINK_KEYS', { LINK_KEYS: `k1:${HEX},k1:${[...HEX].reverse().join('')}` }],
    ['a host that is none', 'ALLOWED_HOSTS', { ALLOWED_HOSTS: 'muster.example, a b' }],
  ])('%s', (_, name, variables) => {
    const text = refusal(variables)
    expect(text).toContain(name)
    for (const value of Object.values(variables)) if (value !== undefined) expect(text).not.toContain(value)
  })

  test.each([
    ['of this machine', { PUBLIC_URL: 'http://localhost:8787' }],
    ['of this machine by its number', { PUBLIC_URL: 'http://127.0.0.1:1' }],
    ['under a name that no resolver answers for', { PUBLIC_URL: 'https://muster.localhost' }],
    ['of the public, with a mail server', { PUBLIC_URL: 'https://muster.example', MAIL_TRANSPORT: 'smtp' }],
    ['with two keys', { LINK_KEYS: `k2:${[...HEX].reverse().join('')}, k1:${HEX}` }],
  ])('and one that is safe is taken: %s', (_, variables) => {
    expect(refusal(variables)).toBe('accepted')
  })
})

describe('the hosts of a deployment', () => {
  const serves = (url: string, variables: object = {}) =>
    isAllowedHost(url, configOf({ ...ENVIRONMENT, MAIL_TRANSPORT: 'smtp', ...variables }))

  test.each([
    'https://muster.test/',
    'https://muster.test/v1/settings?a=b',
    'https://MUSTER.test/',
    'https://muster.test./',
    'https://muster.test:8443/',
    'http://muster.test/',
    'http://localhost:8787/',
    'http://127.0.0.1:5000/health',
    'http://[::1]/',
  ])('are those of PUBLIC_URL and of this machine: %s', (url) => {
    expect(serves(url)).toBe(true)
  })

  test.each([
    'https://muster.workers.dev/',
    'https://muster.test.evil.example/',
    'https://muster.test@evil.example/',
    'https://evil.example/https://muster.test/',
    'https://a.muster.test/',
    'https://localhost.evil.example/',
    'https://muster.tes/',
  ])('are no others: %s', (url) => {
    expect(serves(url)).toBe(false)
  })

  test('are more where ALLOWED_HOSTS says so', () => {
    const more = { ALLOWED_HOSTS: 'Muster-Preview.example.:8443, other.example' }
    for (const host of ['muster-preview.example', 'other.example', 'muster.test']) {
      expect(serves(`https://${host}/`, more)).toBe(true)
    }
    expect(serves('https://another.example/', more)).toBe(false)
  })
})
