import { env } from 'cloudflare:workers'
import { base64url } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, type Mock, test, vi } from 'vitest'
import { updateSettings } from '../../src/directory/settings.ts'
import { OPERATOR } from '../../src/membership/actor.ts'
import { type Answer, as, bearer, expectProblem, type Fetch, fingerprint, nobody, operator } from '../support/api.ts'
import { followed, newInvitation, newMember, newOrganization, newUser } from '../support/api-builders.ts'
import { broken, databasesThat } from '../support/api-faults.ts'
import type { Tokens } from '../support/identity-provider.ts'
import {
  encoded,
  fetchesOf,
  keysUrlOf,
  newIssuer,
  newKey,
  type PaperIssuer,
  type SigningKey,
  sign,
} from '../support/paper-issuer.ts'
import { mailedTo } from '../support/sign-in.ts'

/* What a client sees who comes with a token of the product's own identity provider. */

const { ACCOUNTS } = env
const provider = inject('identityProvider')
const outsideUrl = keysUrlOf('outside')

let ecdsa: PaperIssuer
let rsa: PaperIssuer
let api: Fetch
let isDown = false
let log: Mock

beforeAll(async () => {
  ecdsa = await newIssuer('ES256')
  rsa = await newIssuer('RS256')
  const issuers = [ecdsa.trusted, rsa.trusted, ...provider.trusted]
  api = broken({ TRUSTED_ISSUERS: JSON.stringify(issuers), ...databasesThat(() => isDown) })
})

beforeEach(() => {
  isDown = false
  log = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

const call = (token: string): Promise<Answer> => as(bearer(token), api).get('/v1/organizations')
const userOf = async (email: string) =>
  (await as(operator).get(`/v1/users?email=${encodeURIComponent(email)}`)).body.data[0]
const count = async (table: 'users' | 'identities', column: string, value: string): Promise<number> =>
  (await ACCOUNTS.prepare(`select count(*) as n from ${table} where ${column} = ?`).bind(value).first('n')) ?? 0

let people = 0
/** Someone whose address the issuer has verified. */
const newClaims = (more: object = {}) => {
  people += 1
  return { sub: `sub-${people}`, email: `vouched-${people}@x.test`, email_verified: true, ...more }
}

describe('a real identity provider', () => {
  const signIn = async (account: string): Promise<Tokens> =>
    (await fetch(`${provider.issuer}/tokens?account=${account}`)).json()

  test('lets people in by its access tokens and by its ID tokens, as one and the same', async () => {
    const { access_token, id_token } = await signIn('ann')
    expect(access_token).not.toBe(id_token)
    for (const token of [access_token, id_token]) expect((await call(token)).body.data).toEqual([])
    const user = await userOf('ann@idp.test')
    expect(user).toMatchObject({ email_verified: true, name: 'Name of ann', last_sign_in_at: expect.any(String) })
    expect(await count('identities', 'user_id', user.id)).toBe(1)
  })

  test('makes them who they are in their organizations', async () => {
    const team = await newOrganization()
    const { id, email } = await newUser('Bea', { email: 'bea@idp.test' })
    await as(operator).post(`${team.path}/members`, { user_id: id, role: 'admin' })
    await followed(team)
    const bea = as(bearer((await signIn('bea')).access_token), api)
    expect((await bea.get('/v1/organizations')).body.data).toMatchObject([{ id: team.id }])
    expect((await bea.patch(team.path, { name: 'By Bea' })).status).toBe(200)
    const events = await team.owner.api.get(`${team.path}/events?type=organization.updated`)
    expect(events.body.data).toMatchObject([{ actor: { type: 'user', id } }])
    expectProblem(await bea.patch(team.path, { seat_limit: 3 }), 403, 'forbidden')
    expect(email).toBe('bea@idp.test')
  })

  test('lets nobody in whose address it has not verified', async () => {
    const { access_token, id_token } = await signIn('unverified')
    for (const token of [access_token, id_token]) expectProblem(await call(token), 403, 'email_unverified')
    expect(await count('users', 'email', 'unverified@idp.test')).toBe(0)
  })

  test('with new keys is believed as soon as they may be fetched', async () => {
    const first = await signIn('cat')
    expect((await call(first.access_token)).status).toBe(200)
    await fetch(`${provider.issuer}/rotate`)
    const second = await signIn('cat')
    expectProblem(await call(second.access_token), 401, 'unauthenticated')
    const now = Date.now()
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now + 31_000)
    try {
      expect((await call(second.access_token)).status).toBe(200)
      expectProblem(await call(first.access_token), 401, 'unauthenticated')
    } finally {
      clock.mockRestore()
    }
  })
})

describe('an attacker gets nowhere', () => {
  const signature = (token: string) => token.split('.')[2] ?? ''
  const claims = (more: object = {}) => ecdsa.claims({ ...newClaims(), ...more })
  const header = () => ({ alg: 'ES256', kid: ecdsa.key.kid })
  const text = (value: object) => JSON.stringify(value)
  const now = () => Math.floor(Date.now() / 1000)
  const outside = (more: object) => ecdsa.token(newClaims(), more)

  /** Signed with a secret that everybody knows: the public key. */
  const withPublicKeyAsSecret = async (secret: string) => {
    const input = `${encoded({ alg: 'HS256', kid: rsa.key.kid })}.${encoded(rsa.claims(newClaims()))}`
    const parameters = { name: 'HMAC', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), parameters, false, ['sign'])
    const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(input))
    return `${input}.${base64url.encode(new Uint8Array(mac))}`
  }
  const pem = async ({ publicJwk }: SigningKey) => {
    const parameters = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('jwk', publicJwk as JsonWebKey, parameters, true, ['verify'])
    const der = (await crypto.subtle.exportKey('spki', key)) as ArrayBuffer
    const lines = Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g)
    return `-----BEGIN PUBLIC KEY-----\n${lines?.join('\n')}\n-----END PUBLIC KEY-----\n`
  }

  const attacks: Record<string, () => Promise<string>> = {
    'alg none, without a signature': async () => `${encoded({ alg: 'none' })}.${encoded(claims())}.`,
    'alg None': async () => `${encoded({ alg: 'None', kid: ecdsa.key.kid })}.${encoded(claims())}.`,
    'alg none, with a signature': async () => {
      const token = await ecdsa.token(newClaims())
      return `${encoded({ alg: 'none' })}.${token.split('.')[1]}.${signature(token)}`
    },
    'no alg': () => sign({ kid: ecdsa.key.kid }, claims(), ecdsa.key),
    'alg in another case': () => sign({ ...header(), alg: 'es256' }, claims(), ecdsa.key),
    'a list of algs': () => sign({ ...header(), alg: ['ES256'] }, claims(), ecdsa.key),
    'HS256 with the PEM of the public key': async () => withPublicKeyAsSecret(await pem(rsa.key)),
    'HS256 with the JWK of the public key': () => withPublicKeyAsSecret(text(rsa.key.publicJwk)),
    'HS256 with the modulus of the public key': () => withPublicKeyAsSecret(rsa.key.publicJwk.n ?? ''),
    'ES256 said of an RSA key': () => sign({ alg: 'ES256', kid: rsa.key.kid }, rsa.claims(newClaims()), rsa.key),
    'RS256 said of an EC key': () => sign({ ...header(), alg: 'RS256' }, claims(), ecdsa.key),
    'PS256 said of a signature by RS256': () =>
      sign({ alg: 'PS256', kid: rsa.key.kid }, rsa.claims(newClaims()), rsa.key),
    'an algorithm that is not allowed': () => sign({ ...header(), alg: 'ES384' }, claims(), ecdsa.key),
    'a key of their own under a known name': async () =>
      ecdsa.token(newClaims(), {}, { ...(await newKey()), kid: ecdsa.key.kid }),
    'the key of another issuer': () => sign({ alg: 'RS256', kid: rsa.key.kid }, claims(), rsa.key),
    'a key that nobody knows': async () => ecdsa.token(newClaims(), {}, await newKey()),
    'the key in the header': async () => {
      const key = await newKey()
      return ecdsa.token(newClaims(), { jwk: key.publicJwk }, key)
    },
    'jku elsewhere': () => outside({ jku: outsideUrl }),
    'x5u elsewhere': () => outside({ x5u: outsideUrl }),
    'x5c in the header': () => outside({ x5c: ['AAAA'] }),
    'crit that is understood by nobody': () => outside({ crit: ['exp'], exp: 1 }),
    'an empty crit': () => outside({ crit: [] }),
    'an unencoded payload': async () => {
      const payload = text(claims()).replaceAll('.', '')
      const input = `${encoded({ ...header(), b64: false, crit: ['b64'] })}.${payload}`
      return `${input}.${signature(await ecdsa.token())}`
    },
    'b64 without crit': () => outside({ b64: false }),
    'another type': () => outside({ typ: 'logout+jwt' }),
    'a type that is no text': () => outside({ typ: ['JWT'] }),
    'a token for logging out': () => ecdsa.token(newClaims({ events: { logout: {} } })),
    'an unknown issuer': () => ecdsa.token(newClaims({ iss: 'https://elsewhere.test' })),
    'the issuer with a slash': () => ecdsa.token(newClaims({ iss: `${ecdsa.trusted.issuer}/` })),
    'a list of issuers': () => ecdsa.token(newClaims({ iss: [ecdsa.trusted.issuer] })),
    'no issuer': () => ecdsa.token(newClaims({ iss: undefined })),
    'another audience': () => ecdsa.token(newClaims({ aud: 'other' })),
    'an audience that only begins alike': () => ecdsa.token(newClaims({ aud: 'muster-staging' })),
    'no audience': () => ecdsa.token(newClaims({ aud: undefined })),
    'an empty audience': () => ecdsa.token(newClaims({ aud: [] })),
    'an expired token': () => ecdsa.token(newClaims({ exp: now() - 61 })),
    'no expiry': () => ecdsa.token(newClaims({ exp: undefined })),
    'an expiry in text': () => ecdsa.token(newClaims({ exp: String(now() + 300) })),
    'a token of later': () => ecdsa.token(newClaims({ nbf: now() + 120 })),
    'a token made later': () => ecdsa.token(newClaims({ iat: now() + 120 })),
    'no subject': () => ecdsa.token(newClaims({ sub: undefined })),
    'an empty subject': () => ecdsa.token(newClaims({ sub: '' })),
    'a subject that is too long': () => ecdsa.token(newClaims({ sub: 'a'.repeat(256) })),
    'a subject that is a number': () => ecdsa.token(newClaims({ sub: 1 })),
    'a subject that is no Unicode': () => ecdsa.token(newClaims({ sub: '\ud800' })),
    'a subject with a zero in it': () => ecdsa.token(newClaims({ sub: 'ann\0' })),
    'a member twice in the header': () => {
      const twice = text(header()).replace('{', '{"alg":"none",')
      return sign(twice, claims(), ecdsa.key)
    },
    'a member twice in the payload': () => {
      const twice = text(claims()).replace('{', '{"sub":"admin",')
      return sign(header(), twice, ecdsa.key)
    },
    'a member twice, in two spellings': () => {
      const twice = text(claims()).replace('{', '{"s\\u0075b":"admin",')
      return sign(header(), twice, ecdsa.key)
    },
    'a payload that is no object': () => sign(header(), '[]', ecdsa.key),
    'a payload that is no JSON': () => sign(header(), 'claims', ecdsa.key),
    'a payload of endless nesting': async () =>
      `${encoded(header())}.${encoded(`{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`)}.AAAA`,
    'another payload under the same signature': async () => {
      const token = await ecdsa.token(newClaims())
      return `${encoded(header())}.${encoded(claims({ sub: 'admin' }))}.${signature(token)}`
    },
    'a signature with one bit turned': async () => {
      const token = await ecdsa.token(newClaims())
      const bytes = base64url.decode(signature(token))
      bytes[20] = (bytes[20] ?? 0) ^ 1
      return [...token.split('.').slice(0, 2), base64url.encode(bytes)].join('.')
    },
    'a signature of zeros': async () => {
      const token = await ecdsa.token(newClaims())
      return [...token.split('.').slice(0, 2), base64url.encode(new Uint8Array(64))].join('.')
    },
    'half a signature': async () => (await ecdsa.token(newClaims())).slice(0, -43),
    'no signature': async () => `${(await ecdsa.token(newClaims())).split('.').slice(0, 2).join('.')}.`,
    'four parts': async () => `${await ecdsa.token(newClaims())}.AAAA`,
    'five parts, as if encrypted': async () =>
      `${encoded({ alg: 'RSA-OAEP', enc: 'A256GCM', kid: rsa.key.kid })}.AAAA.AAAA.AAAA.AAAA`,
    'JSON serialization': async () => {
      const [head, payload, mac] = (await ecdsa.token(newClaims())).split('.')
      return text({ protected: head, payload, signature: mac })
    },
    'three empty parts': async () => '..',
    'three parts of noise': async () => '%%%.###.!!!',
    padding: async () => (await ecdsa.token(newClaims())).replace('.', '=.'),
    'a token without end': () => ecdsa.token(newClaims({ padding: 'a'.repeat(9_000) })),
  }

  beforeAll(async () => {
    expect((await call(await ecdsa.token(newClaims()))).status).toBe(200)
    expect((await call(await rsa.token(newClaims()))).status).toBe(200)
  })

  test.each(Object.entries(attacks))('with %s', async (_, forge) => {
    const token = await forge()
    const answer = await call(token)
    expectProblem(answer, 401, 'unauthenticated')
    expect(fingerprint(answer)).toEqual(fingerprint(await call('nothing')))
    for (const line of log.mock.calls) {
      const parts = token.split('.').filter((part) => part.length > 8)
      for (const part of parts) expect(JSON.stringify(line)).not.toContain(part)
    }
  })

  test('nor makes Muster ask anybody but the issuers, and those no more than once', async () => {
    expect(await fetchesOf(outsideUrl)).toBe(0)
    expect([await ecdsa.fetches(), await rsa.fetches()]).toEqual([1, 1])
  })

  test('nor is anyone let in by a token where no issuer is trusted', async () => {
    expectProblem(await as(bearer(await ecdsa.token(newClaims()))).get('/v1/organizations'), 401, 'unauthenticated')
  })

  test('nor does a token act on behalf of somebody else', async () => {
    const someone = await newUser()
    const headers = { 'Muster-On-Behalf-Of': someone.id }
    const answer = await as(bearer(await ecdsa.token(newClaims())), api).get('/v1/organizations', headers)
    expectProblem(answer, 403, 'forbidden')
  })
})

test('calls that arrive together at the worker itself wait for one fetch of keys', async () => {
  const key = await newKey()
  const url = `${provider.keyServer}/bound`
  const body = JSON.stringify({ keys: [key.publicJwk] })
  await fetch(url, { method: 'PUT', body: JSON.stringify({ body, delayMs: 300 }) })
  const claims = ecdsa.claims(newClaims({ iss: 'https://bound.test' }))
  const token = await sign({ alg: key.alg, kid: key.kid }, claims, key)
  const answers = await Promise.all(Array.from({ length: 20 }, () => as(bearer(token)).get('/v1/organizations')))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect(await fetchesOf(url)).toBe(1)
})

describe('the first time', () => {
  test('twenty calls at once make one user and one identity', async () => {
    const claims = newClaims({ name: 'Dan' })
    const token = await ecdsa.token(claims)
    const answers = await Promise.all(Array.from({ length: 20 }, () => call(token)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(await count('users', 'email', claims.email)).toBe(1)
    expect(await count('identities', 'subject', claims.sub)).toBe(1)
    expect(await userOf(claims.email)).toMatchObject({ name: 'Dan', email_verified: true })
  })

  test('is one of many ways to an address: all at once, in whichever spelling, they make one account', async () => {
    const team = await newOrganization()
    for (let round = 1; round <= 3; round += 1) {
      const name = `many-ways-${round}`
      const spellings = [`${name}@bücher.test`, `${name.toUpperCase()}@BÜCHER.Test`, `${name}@bu\u0308cher.test`]
      const spelt = [...spellings, ` ${name}@XN--bcher-kva.test `]
      const from = { 'CF-Connecting-IP': `192.0.2.${round}` }
      const verify = (proof: object) => as(nobody).post('/v1/sign-in/email/verify', proof, from)
      const { sub } = newClaims()

      const invited = await newInvitation(team, { email: spelt[round % 4] })
      await as(nobody).post('/v1/sign-in/email', { email: spelt[0] }, from)
      const { code, token } = await mailedTo(`${name}@xn--bcher-kva.test`)
      const ways: readonly ((email: string) => Promise<Answer>)[] = [
        (email) => verify({ email, code }),
        () => verify({ token }),
        async (email) => call(await ecdsa.token(newClaims({ sub, email }))),
        () => as(nobody).post(`/v1/invitations/${invited.token}/accept`),
        (email) => as(operator).post('/v1/users', { email }),
      ]
      const answers = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => ({
          way: index % 5,
          answer: await (ways[index % 5] as (typeof ways)[number])(spelt[index % 4] ?? ''),
        })),
      )

      const made = await ACCOUNTS.prepare('select id, email from users where email like ?').bind(`${name}@%`).all()
      expect(made.results).toEqual([{ id: expect.any(String), email: `${name}@xn--bcher-kva.test` }])
      const told = answers.flatMap(({ way, answer: { status, body } }) => {
        if (way === 3) return [body.member.user_id]
        return status === 201 ? [way === 4 ? body.id : body.user_id] : []
      })
      expect(new Set(told)).toEqual(new Set(made.results.map(({ id }) => id)))
      const statuses = (...which: number[]) =>
        answers.flatMap(({ way, answer }) => (which.includes(way) ? [answer.status] : [])).sort()
      expect(statuses(0, 1)).toEqual([201, ...Array(7).fill(410)])
      expect(statuses(2, 3)).toEqual(Array(8).fill(200))
      expect(statuses(4)).toBeOneOf([Array(4).fill(409), [201, ...Array(3).fill(409)]])
    }
  })

  test('links to the account that the address has, and leaves its name', async () => {
    const { id, email } = await newUser('Eve Old')
    expect((await call(await ecdsa.token(newClaims({ email: email.toUpperCase(), name: 'Eve New' })))).status).toBe(200)
    expect(await userOf(email)).toMatchObject({ id, name: 'Eve Old', email_verified: true })
    expect(await count('identities', 'user_id', id)).toBe(1)
  })

  test('needs a verified address; later calls need none, and another one changes nothing', async () => {
    const { sub, email } = newClaims()
    expectProblem(await call(await ecdsa.token({ sub })), 403, 'email_unverified')
    expectProblem(await call(await ecdsa.token({ sub, email })), 403, 'email_unverified')
    expect((await call(await ecdsa.token({ sub, email, email_verified: true }))).status).toBe(200)
    expect((await call(await ecdsa.token({ sub }))).status).toBe(200)
    expect((await call(await ecdsa.token({ sub, email: 'other@x.test', email_verified: true }))).status).toBe(200)
    expect(await count('users', 'email', 'other@x.test')).toBe(0)
  })

  test('the same subject of another issuer is another identity', async () => {
    const [first, second] = [newClaims({ sub: 'same' }), newClaims({ sub: 'same' })]
    expect((await call(await ecdsa.token(first))).status).toBe(200)
    expect((await call(await rsa.token(second))).status).toBe(200)
    expect((await userOf(first.email)).id).not.toBe((await userOf(second.email)).id)
  })

  describe('while people may not sign up', () => {
    beforeAll(() => updateSettings(ACCOUNTS, { sign_up_enabled: false }, OPERATOR))
    afterAll(() => updateSettings(ACCOUNTS, { sign_up_enabled: true }, OPERATOR))
    /** By way of the directory that has been told. */
    const lateCall = (token: string) =>
      as(bearer(token), broken({ TRUSTED_ISSUERS: JSON.stringify([ecdsa.trusted]) })).get('/v1/organizations')

    test('a stranger is refused, and whoever is invited or has an account is not', async () => {
      const stranger = newClaims()
      expectProblem(await lateCall(await ecdsa.token(stranger)), 403, 'sign_up_disabled')
      expect(await count('users', 'email', stranger.email)).toBe(0)

      const team = await newOrganization()
      const invited = await newInvitation(team)
      const { email } = await newMember(team)
      await followed(team)
      for (const known of [invited.email, email]) {
        expect((await lateCall(await ecdsa.token(newClaims({ email: known })))).status).toBe(200)
      }
    })
  })
})

describe('an account that is being deleted', () => {
  const close = (email: string) => ACCOUNTS.prepare('update users set closing_at = 1 where email = ?').bind(email).run()

  test('lets nobody in by a token of a new identity', async () => {
    const { email } = await newUser()
    await close(email)
    const claims = newClaims({ email })
    expectProblem(await call(await ecdsa.token(claims)), 401, 'unauthenticated')
    expect(await count('identities', 'subject', claims.sub)).toBe(0)
  })

  test('lets nobody in by a known one, five seconds later at the latest', async () => {
    const claims = newClaims()
    const token = await ecdsa.token(claims)
    expect((await call(token)).status).toBe(200)
    await close(claims.email)
    expectProblem(await as(bearer(token), api).get('/v1/users/me/sessions'), 401, 'unauthenticated')
    const now = Date.now()
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now + 5_000)
    try {
      expectProblem(await call(token), 401, 'unauthenticated')
    } finally {
      clock.mockRestore()
    }
  })
})

describe('the last sign-in', () => {
  const seconds = Math.floor(Date.now() / 1000)
  const at = (time: number) => new Date(time * 1000).toISOString()
  const revisionOf = (email: string) =>
    ACCOUNTS.prepare('select revision from users where email = ?').bind(email).first<number>('revision')

  test('is when the issuer says, noted once an hour at most, as a new revision of the account', async () => {
    const claims = newClaims()
    const signedIn = async (time: number) => {
      await call(await ecdsa.token({ ...claims, auth_time: time }))
      return [(await userOf(claims.email)).last_sign_in_at, await revisionOf(claims.email)]
    }
    expect(await signedIn(seconds - 10_000)).toEqual([at(seconds - 10_000), 2])
    expect(await signedIn(seconds - 10_000)).toEqual([at(seconds - 10_000), 2])
    expect(await signedIn(seconds - 9_999)).toEqual([at(seconds - 10_000), 2])
    expect(await signedIn(seconds - 6_401)).toEqual([at(seconds - 10_000), 2])
    expect(await signedIn(seconds - 6_400)).toEqual([at(seconds - 6_400), 3])
    expect(await signedIn(seconds - 20_000)).toEqual([at(seconds - 6_400), 3])
  })

  test('is noted once, however many calls there are at once', async () => {
    const claims = newClaims()
    const token = await ecdsa.token({ ...claims, auth_time: seconds - 5 })
    await Promise.all(Array.from({ length: 20 }, () => call(token)))
    expect(await revisionOf(claims.email)).toBe(2)
  })
})

describe('while the directory is out of reach', () => {
  test('whoever was here a moment ago goes on; a stranger is to come again', async () => {
    const team = await newOrganization()
    const { email } = await newMember(team)
    const claims = newClaims({ email })
    const known = as(bearer(await ecdsa.token(claims)), api)
    expect((await known.get(team.path)).status).toBe(200)

    isDown = true
    const now = Date.now()
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now + 6_000)
    try {
      expect((await known.get(team.path)).status).toBe(200)
      const again = as(bearer(await ecdsa.token({ ...claims, auth_time: Math.floor(now / 1000) + 5 })), api)
      expect((await again.get(team.path)).status).toBe(200)
      expectProblem(await call(await ecdsa.token(newClaims())), 503, 'unavailable', { retry_after: 5 })
      expectProblem(await call(await ecdsa.token(newClaims({ exp: 1 }))), 401, 'unauthenticated')
      clock.mockImplementation(() => now + 6 * 60_000)
      expectProblem(
        await call(await ecdsa.token({ ...claims, exp: Math.floor(now / 1000) + 3600 })),
        503,
        'unavailable',
      )
    } finally {
      clock.mockRestore()
    }
  })
})

test('while keys cannot be had, nobody is told that their token is bad', async () => {
  const issuer = await newIssuer()
  await issuer.publish({ status: 500 })
  const fetcher = broken({ TRUSTED_ISSUERS: JSON.stringify([issuer.trusted]) })
  const answer = await as(bearer(await issuer.token(newClaims())), fetcher).get('/v1/organizations')
  expectProblem(answer, 503, 'unavailable', { retry_after: 5 })
  expect(answer.headers.get('Retry-After')).toBe('5')
})

test('a repeated call is known by the person, whichever of their tokens it comes with', async () => {
  const team = await newOrganization()
  const admin = await newMember(team, 'admin')
  const claims = newClaims({ email: admin.email })
  const invite = async (email: string) => {
    const client = as(bearer(await ecdsa.token(claims)), api)
    return client.post(`${team.path}/invitations`, { email, send_email: false }, { 'Idempotency-Key': 'once' })
  }
  const first = await invite('once@x.test')
  expect(first.status).toBe(201)
  const second = await invite('once@x.test')
  expect(second.body).toEqual(first.body)
  expect(second.headers.get('Idempotency-Replayed')).toBe('true')
})
