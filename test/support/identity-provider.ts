import { generateKeyPairSync, type JsonWebKey, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Configuration, Provider } from 'oidc-provider'
import type { TestProject } from 'vitest/node'

/**
 * A real OpenID provider on 127.0.0.1, for tests that run in workerd. `GET /tokens?account=ann` signs an account in, as a
 * browser would, and answers with what the product gets: an ID token, and an access token for Muster. The address of
 * `ann` is `ann@idp.test`, and verified unless the name begins with `unverified`. `POST /rotate` gives it new keys.
 */
export interface IdentityProvider {
  readonly issuer: string
  /** Of its access tokens. */
  readonly resource: string
  /** Of its ID tokens. */
  readonly clientId: string
  /**
   * Keys of issuers that exist on paper only: what was `PUT` at an address as `KeyAnswer` is what a `GET` there gets;
   * `POST` tells how many have asked.
   */
  readonly keyServer: string
  /** Whom the worker under test trusts: this provider, and an issuer on paper whose keys lie at `/bound`. */
  readonly trusted: readonly { issuer: string; audience: string | string[]; jwks_uri: string }[]
}

export interface KeyAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly delayMs?: number
}

export interface Tokens {
  readonly id_token: string
  readonly access_token: string
}

declare module 'vitest' {
  interface ProvidedContext {
    identityProvider: IdentityProvider
  }
}

const RESOURCE = 'https://muster.test'
const CLIENT = { id: 'product', secret: randomUUID(), callback: 'https://product.test/callback' }

export default async function startIdentityProvider({ provide }: TestProject): Promise<() => Promise<void>> {
  const [provider, keys] = [await listen((issuer) => openIdProvider(issuer)), await listen(keyServer)]
  provide('identityProvider', {
    issuer: provider.url,
    resource: RESOURCE,
    clientId: CLIENT.id,
    keyServer: keys.url,
    trusted: [
      { issuer: provider.url, audience: [RESOURCE, CLIENT.id], jwks_uri: `${provider.url}/jwks` },
      { issuer: 'https://bound.test', audience: 'muster', jwks_uri: `${keys.url}/bound` },
    ],
  })
  return async () => {
    await Promise.all([provider.stop(), keys.stop()])
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

async function listen(handlerAt: (url: string) => Handler): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.on('request', handlerAt(url))
  const stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url, stop }
}

const json = (response: ServerResponse, value: unknown) =>
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify(value))

function openIdProvider(issuer: string): Handler {
  // Loaded when it is first needed: most runs need none.
  let provider: Promise<Provider> | undefined
  const present = () => {
    provider ??= newProvider(issuer)
    return provider
  }
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '', issuer)
    if (pathname === '/tokens') return json(response, await signIn(issuer, searchParams.get('account') ?? ''))
    if (pathname === '/rotate') {
      provider = newProvider(issuer)
      return response.end()
    }
    const current = await present()
    if (!pathname.startsWith('/interaction/')) return current.callback()(request, response)
    const { params } = await current.interactionDetails(request, response)
    await current.interactionFinished(request, response, { login: { accountId: String(params.login_hint) } })
  }
  return (request, response) => {
    handle(request, response).catch((error) => response.writeHead(500).end(String(error)))
  }
}

async function newProvider(issuer: string): Promise<Provider> {
  const { Provider } = await import('oidc-provider')
  const provider = new Provider(issuer, configuration())
  provider.on('server_error', (_, error) => console.error(error))
  return provider
}

const claimsOf = (account: string) => ({
  email: `${account}@idp.test`,
  email_verified: !account.startsWith('unverified'),
  name: `Name of ${account}`,
})

const configuration = (): Configuration => ({
  jwks: { keys: [signingKey('ES256'), signingKey('RS256'), signingKey('EdDSA')] },
  clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [CLIENT.callback] }],
  cookies: { keys: [randomUUID()] },
  ttl: { AccessToken: 300, AuthorizationCode: 60, Grant: 300, IdToken: 300, Interaction: 60, Session: 300 },
  pkce: { required: () => false },
  conformIdTokenClaims: false,
  claims: { openid: ['sub', 'email', 'email_verified', 'name'] },
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, ...claimsOf(accountId) }) }),
  extraTokenClaims: (_, token) => ('accountId' in token ? claimsOf(String(token.accountId)) : undefined),
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  loadExistingGrant: (context) => {
    const { client, session, provider } = context.oidc
    const grant = new provider.Grant({ clientId: client?.clientId ?? '', accountId: session?.accountId ?? '' })
    grant.addOIDCScope('openid')
    grant.addResourceScope(RESOURCE, 'members')
    return grant.save().then(() => grant)
  },
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'members',
        audience: RESOURCE,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
})

function signingKey(alg: 'ES256' | 'RS256' | 'EdDSA'): JsonWebKey {
  const { privateKey } = {
    ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    EdDSA: () => generateKeyPairSync('ed25519'),
  }[alg]()
  return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: randomUUID() }
}

/** Authorization code flow: follows the redirections with a browser's cookies until the product has its code. */
async function signIn(issuer: string, account: string): Promise<Tokens> {
  const query = new URLSearchParams({
    client_id: CLIENT.id,
    redirect_uri: CLIENT.callback,
    response_type: 'code',
    scope: 'openid members',
    resource: RESOURCE,
    login_hint: account,
  })
  const cookies = new Map<string, string>()
  let url = new URL(`/auth?${query}`, issuer)
  while (url.origin === issuer) {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const set of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (set.split(';', 1)[0] ?? '').split('=')
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location === null) throw new Error(`The provider answered ${response.status}: ${await response.text()}`)
    url = new URL(location, issuer)
  }
  const code = url.searchParams.get('code')
  if (code === null) throw new Error(`The provider refused: ${url.search}`)
  const response = await fetch(new URL('/token', issuer), {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${CLIENT.id}:${CLIENT.secret}`)}` },
    body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: CLIENT.callback }),
  })
  return (await response.json()) as Tokens
}

function keyServer(): Handler {
  const answers = new Map<string, KeyAnswer>()
  const asked = new Map<string, number>()
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { url = '', method } = request
    if (method === 'PUT') {
      answers.set(url, JSON.parse(Buffer.concat(await request.toArray()).toString()))
      return response.end()
    }
    if (method === 'POST') return json(response, asked.get(url) ?? 0)
    asked.set(url, (asked.get(url) ?? 0) + 1)
    const { status = 200, headers = {}, body = '', delayMs = 0 } = answers.get(url) ?? { status: 404 }
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    return response.writeHead(status, headers).end(body)
  }
  return (request, response) => {
    handle(request, response).catch((error) => response.writeHead(500).end(String(error)))
  }
}
