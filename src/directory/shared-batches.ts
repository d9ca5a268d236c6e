import { failureOf } from '../records/failure.ts'

export interface SharedBatchesOptions<Item, Answer> {
  /** Writes the items in one transaction: all of them or none. Answers in their order. */
  readonly write: (items: readonly Item[]) => Promise<readonly Answer[]>
  readonly bytesOf: (item: Item) => number
  /** Items of one owner stay together when a batch that failed is repeated in parts. */
  readonly ownerOf: (item: Item) => string
  /** Is the item itself the reason of the failure, or is the database out of reach for all? */
  readonly isAboutData: (error: unknown) => boolean
  readonly limits?: Partial<Limits>
}

interface Limits {
  readonly waitingItems: number
  readonly waitingBytes: number
  readonly batchBytes: number
  /** From the start of one batch to the start of the next. The first batch after a quiet time starts at once. */
  readonly betweenBatchesMs: number
  readonly timeoutMs: number
}

/** An object has 128 MB of memory, and text may take twice its bytes there. D1 ends a query after 30 s. */
const LIMITS: Limits = {
  waitingItems: 2_000,
  waitingBytes: 16_000_000,
  batchBytes: 4_000_000,
  betweenBatchesMs: 50,
  timeoutMs: 60_000,
}

/** `busy`: too much waits already, nothing was written. `failed`: nothing is known to be written. */
export type BatchFailure = { readonly code: 'busy' } | { readonly code: 'failed'; readonly detail: string }
export type BatchAnswer<Answer> =
  | { readonly ok: true; readonly value: Answer }
  | { readonly ok: false; readonly error: BatchFailure }

interface Waiting<Item, Answer> {
  readonly item: Item
  readonly bytes: number
  readonly settle: (answer: BatchAnswer<Answer>) => void
}

/**
 * Merges what many callers want to write into few transactions, one after the other. What arrives while a batch is under
 * way goes with the next. A batch that fails is repeated owner by owner, so that bad data of one owner fails only for
 * that owner. Every caller gets an answer after the outcome of its own item is known.
 */
export class SharedBatches<Item, Answer> {
  readonly #options: SharedBatchesOptions<Item, Answer>
  readonly #limits: Limits
  #waiting: Waiting<Item, Answer>[] = []
  /** Of everything that has no answer yet, the batch under way included. */
  #items = 0
  #bytes = 0
  #running = false
  #lastStart = Number.NEGATIVE_INFINITY

  constructor(options: SharedBatchesOptions<Item, Answer>) {
    this.#options = options
    this.#limits = { ...LIMITS, ...options.limits }
  }

  /** Never rejects: failures travel as data. */
  add(item: Item): Promise<BatchAnswer<Answer>> {
    const bytes = this.#options.bytesOf(item)
    const { waitingItems, waitingBytes } = this.#limits
    const isFull = this.#items >= waitingItems || (this.#items > 0 && this.#bytes + bytes > waitingBytes)
    if (isFull) return Promise.resolve({ ok: false, error: { code: 'busy' } })
    this.#items += 1
    this.#bytes += bytes
    return new Promise((resolve) => {
      const settle = (answer: BatchAnswer<Answer>) => {
        this.#items -= 1
        this.#bytes -= bytes
        resolve(answer)
      }
      this.#waiting.push({ item, bytes, settle })
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) {
      const quietMs = Date.now() - this.#lastStart
      await pause(Math.max(0, this.#limits.betweenBatchesMs - quietMs))
      this.#lastStart = Date.now()
      await this.#writeAll(this.#take())
    }
    this.#running = false
  }

  /** In the order of arrival, as many as a batch takes; at least one. */
  #take(): readonly Waiting<Item, Answer>[] {
    let bytes = 0
    const end = this.#waiting.findIndex((waiting, index) => {
      bytes += waiting.bytes
      return index > 0 && bytes > this.#limits.batchBytes
    })
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end)
  }

  async #writeAll(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    const failure = await this.#write(batch)
    if (failure === null) return
    const owners = [...Map.groupBy(batch, ({ item }) => this.#options.ownerOf(item)).values()]
    if (owners.length === 1) return fail(batch, failure.error)
    console.warn({ message: 'a shared batch failed and is repeated in parts', error: failureOf(failure.error) })
    for (const [index, part] of owners.entries()) {
      const again = await this.#write(part)
      if (again === null) continue
      if (!this.#options.isAboutData(again.error)) return fail(owners.slice(index).flat(), again.error)
      fail(part, again.error)
    }
  }

  /** Null: written, and every caller has its answer. */
  async #write(batch: readonly Waiting<Item, Answer>[]): Promise<{ readonly error: unknown } | null> {
    try {
      const items = batch.map(({ item }) => item)
      const answers = await withTimeout(this.#options.write(items), this.#limits.timeoutMs)
      for (const [index, { settle }] of batch.entries()) settle({ ok: true, value: answers[index] as Answer })
      return null
    } catch (error) {
      return { error }
    }
  }
}

function fail<Item, Answer>(batch: readonly Waiting<Item, Answer>[], error: unknown): void {
  for (const { settle } of batch) settle({ ok: false, error: { code: 'failed', detail: failureOf(error) } })
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function withTimeout<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The directory did not answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}
