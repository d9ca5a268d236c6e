import { beforeEach, describe, expect, type Mock, test, vi } from 'vitest'
import { verifyToken } from '../../src/accounts/trusted-issuers.ts'
import { type Algorithm, keySet, newIssuer, newKey, type PaperIssuer, sign } from '../support/paper-issuer.ts'

/* Tokens and keys by the clock. What a caller of the API sees of it is tested where the API is. */

const INVALID = { ok: false, error: { code: 'unauthenticated' } }
const UNAVAILABLE = { ok: false, error: { code: 'unavailable' } }
const VALID = { ok: true }

let log: Mock
beforeEach(() => {
  log = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})
const reasons = () => log.mock.calls.map(([{ reason }]) => reason)

/** On a whole second, so that the edges are where they look to be. */
const start = Math.ceil(Date.now() / 1000) * 1000
const SECOND = 1000
const MINUTE = 60 * SECOND

const verify = (token: string, { trusted }: PaperIssuer, now = start) =>
  verifyToken(token, [trusted], now, () => undefined)

describe('a token is taken', () => {
  test.each<Algorithm>(['ES256', 'RS256', 'PS256', 'EdDSA'])('that is signed with %s', async (alg) => {
    const issuer = await newIssuer(alg)
    expect(await verify(await issuer.token(), issuer)).toEqual({
      ok: true,
      value: {
        issuer: issuer.trusted.issuer,
        subject: 'ann',
        email: null,
        name: null,
        signedInAt: expect.any(Number),
        ...{ issuedAt: expect.any(Number), authenticatedAt: null, emailDomains: null },
      },
    })
  })

  test('of whichever issuer it names', async () => {
    const [first, second] = [await newIssuer(), await newIssuer()]
    const both = [first.trusted, second.trusted]
    for (const issuer of [first, second]) {
      const verified = await verifyToken(await issuer.token(), both, start, () => undefined)
      expect(verified).toMatchObject({ ok: true, value: { issuer: issuer.trusted.issuer } })
    }
    const claims = first.claims()
    const forged = await sign({ alg: 'ES256', kid: second.key.kid }, claims, second.key)
    expect(await verifyToken(forged, both, start, () => undefined)).toEqual(INVALID)
  })

  test.each([undefined, 'JWT', 'jwt', 'at+jwt', 'application/at+jwt'])('of the type %s', async (typ) => {
    const issuer = await newIssuer()
    expect(await verify(await issuer.token({}, typ === undefined ? {} : { typ }), issuer)).toMatchObject(VALID)
  })

  test('with more in it than is asked for, and several audiences', async () => {
    const issuer = await newIssuer()
    const more = { aud: ['other', 'muster'], groups: ['a', 'b'], nonce: 'n', azp: 'web' }
    expect(await verify(await issuer.token(more), issuer)).toMatchObject(VALID)
  })

  test('without a kid, by whichever key fits while there are several', async () => {
    const issuer = await newIssuer()
    const other = await newKey()
    await issuer.publish([other, issuer.key])
    expect(await verify(await issuer.token({}, { kid: undefined }), issuer)).toMatchObject(VALID)
    expect(await verify(await issuer.token({}, { kid: undefined }, await newKey()), issuer)).toEqual(INVALID)
  })
})

describe('what it says of the person', () => {
  test.each([
    ['a verified address', { email: ' Ann@X.test', email_verified: true }, { email: 'ann@x.test' }],
    ['an address that is not verified', { email: 'ann@x.test', email_verified: false }, { email: null }],
    ['an address that is verified in other words', { email: 'ann@x.test', email_verified: 'true' }, { email: null }],
    ['an address of which nothing is said', { email: 'ann@x.test' }, { email: null }],
    ['what is no address', { email: 'ann', email_verified: true }, { email: null }],
    ['a list of addresses', { email: ['ann@x.test'], email_verified: true }, { email: null }],
    ['a name', { name: ' Ann Lee ' }, { name: 'Ann Lee' }],
    ['what is no name', { name: 'Ann\nLee' }, { name: null }],
    ['a name that is too long', { name: 'a'.repeat(201) }, { name: null }],
    ['when they signed in', { auth_time: start / 1000 - 500 }, { signedInAt: start - 500 * SECOND }],
    ['when it was made', { iat: start / 1000 - 9 }, { signedInAt: start - 9 * SECOND }],
    ['a time yet to come', { auth_time: start, iat: undefined }, { signedInAt: null, authenticatedAt: null }],
    ['how fresh they are', { auth_time: start / 1000 - 5 }, { authenticatedAt: start - 5 * SECOND }],
    ['no time at all', { iat: undefined }, { signedInAt: null }],
    ['the longest subject', { sub: 'ü'.repeat(255) }, { subject: 'ü'.repeat(255) }],
    ['a subject with spaces', { sub: ' ann ' }, { subject: ' ann ' }],
  ])('%s', async (_, claims, expected) => {
    const issuer = await newIssuer()
    expect(await verify(await issuer.token(claims), issuer)).toMatchObject({ ok: true, value: expected })
  })
})

describe('clocks may differ by a minute, no more', () => {
  test.each([
    ['exp', -59, VALID],
    ['exp', -60, INVALID],
    ['nbf', 60, VALID],
    ['nbf', 61, INVALID],
    ['iat', 60, VALID],
    ['iat', 61, INVALID],
  ])('%s %d seconds from now', async (claim, seconds, expected) => {
    const issuer = await newIssuer()
    const token = await issuer.token({ iat: undefined, [claim]: start / 1000 + seconds })
    expect(await verify(token, issuer)).toMatchObject(expected)
  })
})

describe('a token that was found good', () => {
  test('is looked at again after five seconds', async () => {
    const { trusted, token } = await newIssuer()
    const issuers = [trusted]
    const look = vi.spyOn(crypto.subtle, 'verify')
    const looksAt = async (now: number) => {
      look.mockClear()
      expect(await verifyToken(await good, issuers, now, () => undefined)).toMatchObject(VALID)
      return look.mock.calls.length
    }
    const good = token()
    expect(await looksAt(start)).toBe(1)
    expect(await looksAt(start + 5 * SECOND - 1)).toBe(0)
    expect(await looksAt(start + 5 * SECOND)).toBe(1)
    look.mockRestore()
  })

  test('is good no longer than it says', async () => {
    const { trusted, token } = await newIssuer()
    const issuers = [trusted]
    const ending = await token({ exp: start / 1000 - 58 })
    const takenAt = (now: number) => verifyToken(ending, issuers, now, () => undefined)
    expect(await takenAt(start)).toMatchObject(VALID)
    expect(await takenAt(start + 2 * SECOND - 1)).toMatchObject(VALID)
    expect(await takenAt(start + 2 * SECOND)).toEqual(INVALID)
  })

  test('makes no other one good', async () => {
    const { trusted, token, key } = await newIssuer()
    const issuers = [trusted]
    const good = await token()
    const other = await token({ sub: 'admin' }, {}, { ...(await newKey()), kid: key.kid })
    const takenWith = (given: string) => verifyToken(given, issuers, start, () => undefined)
    expect(await takenWith(good)).toMatchObject(VALID)
    expect(await takenWith(other)).toEqual(INVALID)
    expect(await takenWith(`${other.slice(0, other.lastIndexOf('.'))}${good.slice(good.lastIndexOf('.'))}`)).toEqual(
      INVALID,
    )
  })
})

describe('keys are fetched', () => {
  test('once, however many need them at once', async () => {
    const issuer = await newIssuer()
    await issuer.publish({ ...keySet([issuer.key.publicJwk]), delayMs: 100 })
    const token = await issuer.token()
    const answers = await Promise.all(Array.from({ length: 30 }, () => verify(token, issuer)))
    for (const answer of answers) expect(answer).toMatchObject(VALID)
    expect(await issuer.fetches()).toBe(1)
  })

  test('for keys that nobody knows: not before half a minute has passed, and then once', async () => {
    const issuer = await newIssuer()
    await verify(await issuer.token(), issuer)
    const flood = async (now: number) => {
      const tokens = Array.from({ length: 30 }, (_, index) => issuer.token({}, { kid: `unknown-${index}` }))
      for (const answer of await Promise.all((await Promise.all(tokens)).map((token) => verify(token, issuer, now)))) {
        expect(answer).toEqual(INVALID)
      }
    }
    await flood(start)
    await flood(start + 30 * SECOND - 1)
    expect(await issuer.fetches()).toBe(1)
    await flood(start + 30 * SECOND)
    await flood(start + 60 * SECOND - 1)
    expect(await issuer.fetches()).toBe(2)
    expect(await verify(await issuer.token(), issuer, start + MINUTE)).toMatchObject(VALID)
  })

  test('for a new key, which counts at once; the old one does as long as it is published', async () => {
    const issuer = await newIssuer()
    const old = await issuer.token({ exp: start / 1000 + 3600 })
    await verify(old, issuer)
    const next = await newKey('EdDSA')
    await issuer.publish([next, issuer.key])
    const fresh = await issuer.token({ exp: start / 1000 + 3600 }, {}, next)
    expect(await verify(fresh, issuer, start + 30 * SECOND)).toMatchObject(VALID)
    expect(await verify(old, issuer, start + 30 * SECOND)).toMatchObject(VALID)

    await issuer.publish([next])
    expect(await verify(old, issuer, start + 10 * MINUTE)).toMatchObject(VALID)
    expect(await verify(old, issuer, start + 30 * SECOND + 10 * MINUTE)).toEqual(INVALID)
    expect(await verify(fresh, issuer, start + 30 * SECOND + 10 * MINUTE)).toMatchObject(VALID)
    expect(await issuer.fetches()).toBe(3)
  })
})

describe('when keys cannot be fetched', () => {
  test.each([
    ['the server fails', { status: 500 }],
    ['it answers with no JSON', { body: '<html>' }],
    ['it answers with no key set', { body: '{"keys":{}}' }],
    ['it answers with too much', { body: JSON.stringify({ keys: [], padding: 'x'.repeat(128 * 1024) }) }],
    ['it does not answer in time', { body: '{"keys":[]}', delayMs: 4_000 }],
  ])('because %s: nobody can be told from anybody', async (_, answer) => {
    const issuer = await newIssuer()
    await issuer.publish(answer)
    const token = await issuer.token()
    for (let call = 0; call < 5; call += 1) expect(await verify(token, issuer)).toEqual(UNAVAILABLE)
    expect(await verify(token, issuer, start + 5 * SECOND - 1)).toEqual(UNAVAILABLE)
    expect(await issuer.fetches()).toBe(1)

    await issuer.publish([issuer.key])
    expect(await verify(token, issuer, start + 5 * SECOND)).toMatchObject(VALID)
  })

  test('because it sends elsewhere: keys that lie there are not the ones of the configuration', async () => {
    const [issuer, elsewhere] = [await newIssuer(), await newIssuer()]
    await elsewhere.publish([issuer.key])
    await issuer.publish({ status: 302, headers: { location: elsewhere.trusted.jwks_uri } })
    expect(await verify(await issuer.token(), issuer)).toEqual(UNAVAILABLE)
    expect(await elsewhere.fetches()).toBe(0)
  })

  test('those that are known stand, and the server is left in peace', async () => {
    const issuer = await newIssuer()
    const token = await issuer.token({ exp: start / 1000 + 36_000 })
    await verify(token, issuer)
    await issuer.publish({ status: 503 })
    const later = start + 10 * MINUTE
    for (const now of [later, later, later + 30 * SECOND - 1]) {
      expect(await verify(token, issuer, now)).toMatchObject(VALID)
      expect(await verify(await issuer.token({}, { kid: 'unknown' }), issuer, now)).toEqual(INVALID)
    }
    expect(await issuer.fetches()).toBe(2)
    expect(await verify(token, issuer, later + 30 * SECOND)).toMatchObject(VALID)
    expect(await issuer.fetches()).toBe(3)
  })

  test('those who wait do so together, and for the same answer', async () => {
    const issuer = await newIssuer()
    await issuer.publish({ status: 500, delayMs: 100 })
    const token = await issuer.token()
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(token, issuer)))
    for (const answer of answers) expect(answer).toEqual(UNAVAILABLE)
    expect(await issuer.fetches()).toBe(1)
  })
})

describe('a key that must not verify', () => {
  test.each<[string, (issuer: PaperIssuer) => object]>([
    ['is for encryption', () => ({ use: 'enc' })],
    ['is for something else', () => ({ use: undefined, key_ops: ['wrapKey'] })],
    ['is for another algorithm', () => ({ alg: 'ES384' })],
    ['has another name', () => ({ kid: 'other' })],
    ['is on another curve', () => ({ crv: 'P-384' })],
    ['is a secret', () => ({ kty: 'oct', k: 'AAAA' })],
  ])('%s', async (_, change) => {
    const issuer = await newIssuer()
    await issuer.publish(keySet([{ ...issuer.key.publicJwk, ...change(issuer) }]))
    expect(await verify(await issuer.token(), issuer)).toEqual(INVALID)
  })

  test('is private', async () => {
    const issuer = await newIssuer()
    const jwk = (await crypto.subtle.exportKey('jwk', issuer.key.privateKey)) as JsonWebKey
    await issuer.publish(keySet([{ ...jwk, kty: 'EC', key_ops: ['verify'], kid: issuer.key.kid }]))
    expect(await verify(await issuer.token(), issuer)).toEqual(INVALID)
  })

  test('is too short', async () => {
    const issuer = await newIssuer()
    const parameters = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 1024 }
    const generated = await crypto.subtle.generateKey(
      { ...parameters, publicExponent: new Uint8Array([1, 0, 1]) },
      true,
      ['sign', 'verify'],
    )
    const { privateKey, publicKey } = generated as CryptoKeyPair
    const jwk = (await crypto.subtle.exportKey('jwk', publicKey)) as JsonWebKey
    const publicJwk = { kty: 'RSA', n: jwk.n ?? '', e: jwk.e ?? '', kid: 'short' }
    const short = { alg: 'RS256', kid: 'short', privateKey, publicJwk } as const
    await issuer.publish([short])
    expect(await verify(await issuer.token({}, {}, short), issuer)).toEqual(INVALID)
    expect(reasons()).toEqual(['key'])
  })
})

/** RFC 7515, appendix A: signed by its keys, and refused for the one reason that they are not meant for anyone. */
describe('published tokens', () => {
  const PAYLOAD = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ'
  const SIGNATURES = {
    rs256:
      'cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw',
    es256: 'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q',
    hs256: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  }
  const RSA = {
    kty: 'RSA',
    n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
    e: 'AQAB',
  }
  const EC = {
    kty: 'EC',
    crv: 'P-256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  }
  const HMAC = {
    kty: 'oct',
    k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
  }

  const judged = async (token: string) => {
    const issuer = await newIssuer()
    await issuer.publish(keySet([RSA, EC, HMAC]))
    const answer = await verifyToken(token, [{ ...issuer.trusted, issuer: 'joe' }], start, () => undefined)
    expect(answer).toEqual(INVALID)
    return reasons()
  }

  test.each([
    ['A.2, RS256', 'eyJhbGciOiJSUzI1NiJ9', SIGNATURES.rs256, 'aud'],
    ['A.3, ES256', 'eyJhbGciOiJFUzI1NiJ9', SIGNATURES.es256, 'aud'],
    [
      'A.2 with the signature of A.3',
      'eyJhbGciOiJSUzI1NiJ9',
      SIGNATURES.es256,
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    ],
    [
      'A.3 with the signature of A.2',
      'eyJhbGciOiJFUzI1NiJ9',
      SIGNATURES.rs256,
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    ],
    ['A.1, HS256', 'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9', SIGNATURES.hs256, 'ERR_JOSE_ALG_NOT_ALLOWED'],
    ['A.5, unsecured', 'eyJhbGciOiJub25lIn0', '', 'ERR_JOSE_ALG_NOT_ALLOWED'],
  ])('%s', async (_, header, signature, reason) => {
    expect(await judged(`${header}.${PAYLOAD}.${signature}`)).toEqual([reason])
  })
})
