import type { Lane } from './lane.ts'

export interface RunnerDependencies {
  readonly organizationId: string
  readonly clock: () => number
  /** Resolves after so many milliseconds, or as soon as the signal is given. */
  readonly pause: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** One run takes no longer: the next commit or the alarm begins another. */
export const RUN_MS = 20_000
/** A step without an answer counts as failed by then. Should the answer come later, it counts too. */
const STEP_MS = 60_000
/** Changes of this span share a step; the first after a quiet time goes at once. */
const PAUSE_BETWEEN_STEPS_MS = 100
const FIRST_RETRY_MS = 2_000
const LAST_RETRY_MS = 5 * 60_000

/** Runs one lane: its loop, its waits after failures, the age of what waits. It knows of no other lane. */
export class LaneRunner {
  readonly lane: Lane
  readonly #dependencies: RunnerDependencies
  #running: Promise<void> | null = null
  #failures = 0
  #notBefore = 0
  /** The time of the oldest commit that may not have arrived. */
  #since: number | null = null
  /** The same, of those that the step under way has not seen. */
  #sinceStep: number | null = null

  constructor(lane: Lane, dependencies: RunnerDependencies) {
    this.lane = lane
    this.#dependencies = dependencies
  }

  load(since: number | null, isUnfinished: boolean): void {
    this.lane.load(isUnfinished)
    this.#since = since
    this.#sinceStep = null
    this.#failures = 0
    this.#notBefore = 0
  }

  /** Until when the lane waits after a failure. */
  get notBefore(): number {
    return this.#notBefore
  }

  /** Since when the oldest work waits, in epoch milliseconds. Null: none does. After a restart of the object up to ten seconds too early. */
  waitingSince(): number | null {
    if (!this.lane.isBehind()) return null
    this.#since ??= this.#dependencies.clock()
    return this.#since
  }

  /** After a commit that left work for this lane. */
  noteWork(now: number): void {
    this.#since ??= now
    this.#sinceStep ??= now
  }

  /** Starts unless the lane runs already or waits after a failure. Failures are left to the alarm. */
  nudge(): void {
    const now = this.#dependencies.clock()
    if (this.#running !== null || now < this.#notBefore) return
    this.run(now + RUN_MS).catch(() => {})
  }

  /** The next run need not wait for the end of the pause after a failure. */
  retryNow(): void {
    this.#notBefore = 0
  }

  /** Until everything has arrived or the time is up; rejects if the destination fails. One run at a time. */
  run(until: number): Promise<void> {
    this.#running ??= this.#drain(until)
    return this.#running
  }

  async #drain(until: number): Promise<void> {
    const { clock, pause } = this.#dependencies
    // Past this line `run` has noted the promise, which the end of this function takes away again.
    await null
    try {
      while (this.lane.isBehind() && clock() < until) {
        const more = await this.#step()
        if (!more && this.lane.isBehind()) await pause(PAUSE_BETWEEN_STEPS_MS)
      }
    } catch (error) {
      this.#fail(error)
      throw error
    } finally {
      this.#running = null
    }
  }

  async #step(): Promise<boolean> {
    this.#sinceStep = null
    const answered = new AbortController()
    const tooLate = this.#dependencies.pause(STEP_MS, answered.signal).then(() => {
      if (answered.signal.aborted) return false
      throw new Error(`No answer within ${STEP_MS / 1000} seconds`)
    })
    try {
      const more = await Promise.race([this.lane.step(), tooLate])
      if (!more) this.#since = this.#sinceStep
      this.#failures = 0
      this.#notBefore = 0
      return more
    } finally {
      answered.abort()
    }
  }

  #fail(error: unknown): void {
    const { clock, organizationId } = this.#dependencies
    this.#failures += 1
    this.#notBefore = clock() + Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), LAST_RETRY_MS)
    const { name: lane } = this.lane
    const about = { organization: organizationId, lane, failures: this.#failures, error: String(error) }
    console.warn({ message: 'relay failed', ...about })
  }
}
