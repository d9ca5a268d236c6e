import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import { failureOf } from '../records/failure.ts'

/*
 * The public keys of issuers as this isolate last saw them. They are fetched when somebody asks for one that is not
 * known, however many ask at once, but never in the rhythm in which tokens arrive: those are anybody's to invent.
 */

/** How long keys are taken for the present ones: one that the issuer has withdrawn is good for no longer. */
const FRESH_MS = 10 * 60_000
/** Between two fetches, whatever became of the first. */
const REST_MS = 30_000
/** The same while no keys are known at all and nobody can be let in. */
const REST_WITHOUT_KEYS_MS = 5_000
const TIMEOUT_MS = 3_000
const MAX_BYTES = 128 * 1024

/** Lets work go on that a request has begun, when its client has gone: others wait for it, too. */
export type KeepAlive = (work: Promise<unknown>) => void

/** There are no keys to tell true from false with. */
export class KeysUnavailable extends Error {}

const known = new Map<string, IssuerKeys>()

/** By the address where they lie, which is from the configuration and never from a token. */
export function keysAt(url: string): IssuerKeys {
  const keys = known.get(url) ?? new IssuerKeys(url)
  known.set(url, keys)
  return keys
}

class IssuerKeys {
  readonly #url: string
  #keys: JWTVerifyGetKey | null = null
  #fetchedAt = Number.NEGATIVE_INFINITY
  #triedAt = Number.NEGATIVE_INFINITY
  #fetching: Promise<void> | null = null

  constructor(url: string) {
    this.#url = url
  }

  /** For jose: finds the key that a token names. Throws KeysUnavailable, or JWKSNoMatchingKey. */
  finder(now: number, keepAlive: KeepAlive): JWTVerifyGetKey {
    return async (header, token) => {
      if (now - this.#fetchedAt >= FRESH_MS) await this.#refetch(now, keepAlive)
      if (this.#keys === null) throw new KeysUnavailable()
      try {
        return await this.#keys(header, token)
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
        await this.#refetch(now, keepAlive)
        return this.#keys(header, token)
      }
    }
  }

  async #refetch(now: number, keepAlive: KeepAlive): Promise<void> {
    if (this.#fetching === null) {
      if (now - this.#triedAt < (this.#keys === null ? REST_WITHOUT_KEYS_MS : REST_MS)) return
      this.#triedAt = now
      this.#fetching = this.#fetch(now)
      keepAlive(this.#fetching)
    }
    const fetching = this.#fetching
    await Promise.race([fetching, timeout(2 * TIMEOUT_MS)])
    if (this.#fetching === fetching) this.#fetching = null
  }

  /** What was known stands until there is something better. */
  async #fetch(now: number): Promise<void> {
    try {
      const keys = createLocalJWKSet(JSON.parse(await fetchText(this.#url)))
      this.#keys = keys
      this.#fetchedAt = now
    } catch (error) {
      console.warn({ message: 'keys of an issuer could not be fetched', url: this.#url, error: failureOf(error) })
    }
  }
}

const timeout = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, {
    headers: { Accept: 'application/json, application/jwk-set+json' },
    // Wherever a redirection leads is not where the configuration says that the keys are.
    redirect: 'manual',
    cache: 'no-store',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (response.status !== 200 || response.body === null) throw new Error(`status ${response.status}`)
  const decoder = new TextDecoder()
  let [text, bytes] = ['', 0]
  for await (const chunk of response.body) {
    bytes += chunk.byteLength
    if (bytes > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
