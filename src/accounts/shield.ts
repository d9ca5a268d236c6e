import { createHash } from 'node:crypto'
import { networkOf } from './network.ts'

/*
 * What one isolate counts so that a runaway client or a guesser does not wear out the objects and D1. A credential that
 * was found to be good counts for itself. Everything else counts for the network that it comes from, before anything is
 * looked up. The platform's own counter, per location, is asked only now and then, because asking takes longer than many answers.
 */

/** The span of the binding in wrangler.toml. */
export const PERIOD_SECONDS = 10
/** The binding counts one per this many calls of a credential; its limit in wrangler.toml is in these units. */
export const CALLS_PER_COUNT = 100
/** The same for calls of a network without a good credential: 600 in ten seconds. */
export const NETWORK_CALLS_PER_COUNT = 30
/** How many unknown credentials of one network an isolate looks up in a period. */
export const LOOK_UPS_PER_NETWORK = 100

const PERIOD_MS = PERIOD_SECONDS * 1000
const RECOGNIZED_MS = 5 * 60_000
const REJECTED_MS = 5_000
/** Beyond this, the oldest entries are dropped. */
const MAX_REMEMBERED = 10_000
const MAX_READABLE_LENGTH = 128
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1)$/

/** The caller has to wait. */
export class HeldUp extends Error {
  override readonly name = 'HeldUp'
  readonly retryAfterSeconds = PERIOD_SECONDS
}

/** A Map that never grows beyond a fixed size. */
class Remembered<T> {
  readonly #entries = new Map<string, T>()

  get(key: string): T | undefined {
    return this.#entries.get(key)
  }

  set(key: string, value: T): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size <= MAX_REMEMBERED) return
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.#entries.delete(oldest)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }
}

/** Asks the platform once every so many calls of a key. A refusal holds for a whole period. */
class Calls {
  readonly #keys = new Remembered<{ calls: number; heldUpUntil: number }>()
  readonly #callsPerCount: number

  constructor(callsPerCount: number) {
    this.#callsPerCount = callsPerCount
  }

  isHeldUp(key: string, now: number): boolean {
    return now < (this.#keys.get(key)?.heldUpUntil ?? 0)
  }

  /** Counts a call. Is it held up? */
  async count(key: string, binding: RateLimit, now: number): Promise<boolean> {
    let caller = this.#keys.get(key)
    if (caller === undefined) {
      caller = { calls: 0, heldUpUntil: 0 }
      this.#keys.set(key, caller)
    }
    if (now < caller.heldUpUntil) return true
    caller.calls += 1
    if (caller.calls % this.#callsPerCount !== 0) return false
    const { success } = await binding.limit({ key })
    if (!success) caller.heldUpUntil = now + PERIOD_MS
    return !success
  }
}

export class Shield {
  readonly #binding: RateLimit
  readonly #ofCredentials = new Calls(CALLS_PER_COUNT)
  readonly #ofNetworks = new Calls(NETWORK_CALLS_PER_COUNT)
  readonly #lookUps = new Remembered<{ count: number; until: number }>()
  /** Until when a credential counts as good, or as bad, without being looked at again. */
  readonly #recognized = new Remembered<number>()
  readonly #rejected = new Remembered<number>()

  constructor(binding: RateLimit) {
    this.#binding = binding
  }

  /** Counts a call of a good credential, by its fingerprint. Is it held up? */
  countCredential(fingerprint: string): Promise<boolean> {
    return this.#ofCredentials.count(fingerprint, this.#binding, Date.now())
  }

  /** Counts a call without a good credential. Is it held up? `ip`: absent where the call came by no network. */
  async countNetwork(ip: string | undefined): Promise<boolean> {
    if (!isRemote(ip)) return false
    return this.#ofNetworks.count(`network:${networkOf(ip)}`, this.#binding, Date.now())
  }

  isNetworkHeldUp(ip: string | undefined): boolean {
    return isRemote(ip) && this.#ofNetworks.isHeldUp(`network:${networkOf(ip)}`, Date.now())
  }

  /** Was the credential found to be good a short while ago? */
  isRecognized(token: string): boolean {
    return Date.now() < (this.#recognized.get(keyOf(token)) ?? 0)
  }

  /** Was the credential found to be unknown within the last five seconds? */
  isRejected(token: string): boolean {
    return Date.now() < (this.#rejected.get(hashOf(token)) ?? 0)
  }

  recognize(token: string): void {
    this.#recognized.set(keyOf(token), Date.now() + RECOGNIZED_MS)
  }

  reject(token: string): void {
    this.#recognized.delete(keyOf(token))
    this.#rejected.set(hashOf(token), Date.now() + REJECTED_MS)
  }

  /** Takes one of the network's look-ups of unknown credentials, before the look-up. Throws `HeldUp` if none is left. */
  takeLookUp(ip: string | undefined): void {
    if (!isRemote(ip)) return
    const now = Date.now()
    const key = networkOf(ip)
    const known = this.#lookUps.get(key)
    const lookUps = known !== undefined && now < known.until ? known : { count: 0, until: now + PERIOD_MS }
    if (lookUps.count >= LOOK_UPS_PER_NETWORK || this.isNetworkHeldUp(ip))
      throw new HeldUp('too many unknown credentials')
    lookUps.count += 1
    if (lookUps !== known) this.#lookUps.set(key, lookUps)
  }

  /** The credential was good after all, or could not be checked. */
  giveLookUpBack(ip: string | undefined): void {
    const lookUps = isRemote(ip) ? this.#lookUps.get(networkOf(ip)) : undefined
    if (lookUps !== undefined && lookUps.count > 0) lookUps.count -= 1
  }

  /** Looks up a credential, which takes one of its network's look-ups; null if it is unknown. */
  async lookUp<T>(token: string, ip: string | undefined, find: () => Promise<T | null>): Promise<T | null> {
    if (this.isRecognized(token)) return this.#settled(token, await find())
    if (this.isRejected(token)) return null
    this.takeLookUp(ip)
    let found: T | null
    try {
      found = await find()
    } catch (error) {
      this.giveLookUpBack(ip)
      throw error
    }
    if (found !== null) this.giveLookUpBack(ip)
    return this.#settled(token, found)
  }

  #settled<T>(token: string, found: T | null): T | null {
    if (found === null) this.reject(token)
    else if (!this.isRecognized(token)) this.recognize(token)
    return found
  }
}

const shields = new WeakMap<RateLimit, Shield>()

/** The one of this isolate. */
export function shieldOf(binding: RateLimit): Shield {
  let shield = shields.get(binding)
  if (shield === undefined) {
    shield = new Shield(binding)
    shields.set(binding, shield)
  }
  return shield
}

/** Calls from this machine, and from other Workers over a service binding, have no network. */
const isRemote = (ip: string | undefined): ip is string => ip !== undefined && !LOOPBACK.test(ip)

/** Kept in memory only, where a token in use is anyway: hashing it at each call would cost more than everything else. */
const keyOf = (token: string): string => (token.length <= MAX_READABLE_LENGTH ? token : hashOf(token))

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')
