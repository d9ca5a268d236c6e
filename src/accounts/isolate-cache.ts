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

interface Living<T> {
  readonly value: T
  /** When the read began: of two reads that overlap, the later one is right. */
  readonly readAt: number
}

/** Separate, so that made-up credentials, which are all unknown, do not push known ones out. */
interface Memory<T> {
  readonly living: Map<string, Living<T>>
  /** When each was found to be missing. */
  readonly ended: Map<string, number>
}

interface Nature {
  /** Missing once means missing for good, as for sessions: no session is ever made for a token that was presented before. */
  readonly endsForGood: boolean
}

export class IsolateCache<T> {
  readonly #what: string
  readonly #endsForGood: boolean
  readonly #bySource = new WeakMap<object, Memory<T>>()

  /** `what`: how the log calls it. */
  constructor(what: string, { endsForGood }: Nature) {
    this.#what = what
    this.#endsForGood = endsForGood
  }

  /** At most five seconds old; null when it has ended for good. Undefined: unknown, so read it. */
  fresh(source: object, key: string, now: number): T | null | undefined {
    const { living, ended } = this.#of(source)
    if (this.#endsForGood && ended.has(key)) return null
    const known = living.get(key)
    return known !== undefined && now - known.readAt < FRESH_MS ? known.value : undefined
  }

  /** At most five seconds old; null when there is none. Throws while it cannot be looked up. */
  async current(accounts: D1Database, key: string, now: number, find: () => Promise<T | null>): Promise<T | null> {
    const fresh = this.fresh(accounts, key, now)
    if (fresh !== undefined) return fresh
    try {
      const value = await find()
      if (value === null) this.end(accounts, key, now)
      else this.remember(accounts, key, value, now)
      // It may have ended while it was read.
      return this.fresh(accounts, key, now) === null ? null : value
    } catch (error) {
      const { living, ended } = this.#of(accounts)
      if (this.#endsForGood && ended.has(key)) return null
      const known = living.get(key)
      if (known === undefined || now - known.readAt >= STALE_MS) throw error
      const message = `${this.#what} could not be looked up, going on with the last known`
      console.warn({ message, error: failureOf(error) })
      return known.value
    }
  }

  /** What a read that began at `readAt` has found. A read that began before the end does not undo the end. */
  remember(source: object, key: string, value: T, readAt: number): void {
    const { living, ended } = this.#of(source)
    const endedAt = ended.get(key)
    if (endedAt !== undefined && (this.#endsForGood || readAt <= endedAt)) return
    if ((living.get(key)?.readAt ?? readAt) > readAt) return
    ended.delete(key)
    put(living, key, { value, readAt })
  }

  /** What was just written here. It replaces what reads have found meanwhile. */
  replace(source: object, key: string, value: T, now: number): void {
    const { living, ended } = this.#of(source)
    const { readAt = now } = living.get(key) ?? {}
    const endedAt = ended.get(key) ?? 0
    this.remember(source, key, value, Math.max(now, readAt, endedAt + 1))
  }

  /** It has ended, or a read that began at `now` has not found it. */
  end(source: object, key: string, now: number): void {
    const { living, ended } = this.#of(source)
    const isFoundSince = (living.get(key)?.readAt ?? 0) > now
    if (isFoundSince && !this.#endsForGood) return
    living.delete(key)
    put(ended, key, now)
  }

  #of(source: object): Memory<T> {
    let memory = this.#bySource.get(source)
    if (memory === undefined) {
      memory = { living: new Map(), ended: new Map() }
      this.#bySource.set(source, memory)
    }
    return memory
  }
}

/** The oldest entry makes room: a Map keeps the order in which its keys came. */
export function put<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > REMEMBERED && oldest !== undefined) map.delete(oldest)
}
