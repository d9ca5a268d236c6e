import { failureOf } from '../records/failure.ts'

/*
 * What this isolate has last found out about credentials, so that none need be looked up with every request. What a
 * person may do in an organization is not remembered here: its object decides that anew with every call.
 */

/** What is ended in one place of the world ends in all others within this time. */
const FRESH_MS = 5_000
/** While the directory is out of reach nothing can be ended either: what was known a moment ago stands a little longer. */
const STALE_MS = 5 * 60_000
const REMEMBERED = 5_000

/** Null once it was ended here: what was read before that must not bring it back. */
interface Remembered<T> {
  readonly value: T | null
  readonly readAt: number
}

export class IsolateCache<T> {
  readonly #what: string
  readonly #bySource = new WeakMap<object, Map<string, Remembered<T>>>()

  /** `what`: how the log calls it. */
  constructor(what: string) {
    this.#what = what
  }

  /** At most five seconds old; null when it has ended. Undefined: it is to be found out. */
  fresh(source: object, key: string, now: number): T | null | undefined {
    const known = this.#of(source).get(key)
    return known !== undefined && now - known.readAt < FRESH_MS ? known.value : undefined
  }

  /** At most five seconds old; null when there is none. Throws while it cannot be looked up. */
  async current(directory: D1Database, key: string, now: number, find: () => Promise<T | null>): Promise<T | null> {
    const fresh = this.fresh(directory, key, now)
    if (fresh !== undefined) return fresh
    const known = this.#of(directory).get(key)
    try {
      const value = await find()
      if (value !== null) this.remember(directory, key, value, now)
      return value
    } catch (error) {
      if (known === undefined || now - known.readAt >= STALE_MS) throw error
      const message = `${this.#what} could not be looked up, going on with the last known`
      console.warn({ message, error: failureOf(error) })
      return known.value
    }
  }

  remember(source: object, key: string, value: T, readAt: number): void {
    if (this.#of(source).get(key)?.value !== null) this.#put(source, key, { value, readAt })
  }

  /** It has ended. */
  end(source: object, key: string, now: number): void {
    this.#put(source, key, { value: null, readAt: now })
  }

  /** The oldest entry makes room: a Map keeps the order in which its keys came. */
  #put(source: object, key: string, entry: Remembered<T>): void {
    const cache = this.#of(source)
    cache.delete(key)
    cache.set(key, entry)
    const [oldest] = cache.keys()
    if (cache.size > REMEMBERED && oldest !== undefined) cache.delete(oldest)
  }

  #of(source: object): Map<string, Remembered<T>> {
    let cache = this.#bySource.get(source)
    if (cache === undefined) {
      cache = new Map()
      this.#bySource.set(source, cache)
    }
    return cache
  }
}
