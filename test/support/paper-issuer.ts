import { base64url, exportJWK, type GenerateKeyPairOptions, generateKeyPair, type JWK } from 'jose'
import { inject } from 'vitest'
import type { TrustedIssuer } from '../../src/env.ts'
import type { KeyAnswer } from './identity-provider.ts'

/* Issuers that exist on paper only: their keys lie on a server that counts who asks, and tests sign what they like. */

export type Algorithm = 'ES256' | 'RS256' | 'PS256' | 'EdDSA'

export interface SigningKey {
  readonly alg: Algorithm
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
}

export interface PaperIssuer {
  readonly trusted: TrustedIssuer
  readonly key: SigningKey
  /** Answers with these keys from now on, or with something else. */
  publish(answer: readonly SigningKey[] | KeyAnswer): Promise<void>
  /** How often its keys have been fetched. */
  fetches(): Promise<number>
  claims(more?: object): Record<string, unknown>
  token(claims?: object, header?: object, key?: SigningKey): Promise<string>
}

export const AUDIENCE = 'muster'
let issuers = 0
let keys = 0

export async function newKey(alg: Algorithm = 'ES256', options: GenerateKeyPairOptions = {}): Promise<SigningKey> {
  keys += 1
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, ...options })
  const kid = `key-${keys}`
  return { alg, kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

/** At an address of the key server that is its own. */
export const keysUrlOf = (name: string): string => `${inject('identityProvider').keyServer}/${name}-${Math.random()}`

export const fetchesOf = async (url: string): Promise<number> =>
  (await (await fetch(url, { method: 'POST' })).json()) as number

export async function newIssuer(alg: Algorithm = 'ES256'): Promise<PaperIssuer> {
  issuers += 1
  const issuer = `https://issuer-${issuers}.test`
  const url = keysUrlOf('keys')
  const key = await newKey(alg)
  const claims = (more = {}) => {
    const now = Math.floor(Date.now() / 1000)
    return { iss: issuer, aud: AUDIENCE, sub: 'ann', iat: now, exp: now + 300, ...more }
  }
  const self: PaperIssuer = {
    trusted: { issuer, audience: [AUDIENCE], jwks_uri: url, algorithms: ['RS256', 'ES256', 'EdDSA', 'PS256'] },
    key,
    async publish(answer) {
      const published = 'length' in answer ? keySet(answer.map(({ publicJwk }) => publicJwk)) : answer
      await fetch(url, { method: 'PUT', body: JSON.stringify(published) })
    },
    fetches: () => fetchesOf(url),
    claims,
    token: (more, header = {}, by = key) => sign({ alg: by.alg, kid: by.kid, ...header }, claims(more), by),
  }
  await self.publish([key])
  return self
}

export const keySet = (keys: readonly JWK[]): KeyAnswer => ({ body: JSON.stringify({ keys }) })

const PARAMETERS = {
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
  EdDSA: { name: 'Ed25519' },
}

export const encoded = (part: object | string): string =>
  base64url.encode(typeof part === 'string' ? part : JSON.stringify(part))

/** Header and payload as they are, however wrong; texts are taken literally. */
export async function sign(header: object | string, payload: object | string, key: SigningKey): Promise<string> {
  const input = `${encoded(header)}.${encoded(payload)}`
  const signature = await crypto.subtle.sign(PARAMETERS[key.alg], key.privateKey, new TextEncoder().encode(input))
  return `${input}.${base64url.encode(new Uint8Array(signature))}`
}
