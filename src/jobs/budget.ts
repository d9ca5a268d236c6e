export interface Limits {
  readonly ms: number
  /** Statements of D1, calls of a queue and calls of objects. */
  readonly calls: number
}

/**
 * What a run may take, in time and in calls. A share is a part of what is left, and what is taken of a share is taken of the
 * whole; so a chore that needs little leaves more to those after it.
 */
export class Budget {
  readonly #clock: () => number
  readonly #until: number
  readonly #whole: Budget | null
  #calls: number

  constructor({ ms, calls }: Limits, clock: () => number, whole: Budget | null = null) {
    this.#clock = clock
    this.#until = clock() + ms
    this.#calls = calls
    this.#whole = whole
  }

  /** One of so many equal parts of what is left. */
  share(parts: number): Budget {
    const limits = { ms: this.msLeft / parts, calls: Math.floor(this.#calls / parts) }
    return new Budget(limits, this.#clock, this)
  }

  /** To be called with each call, before or after it. */
  spend(calls = 1): void {
    this.#calls -= calls
    this.#whole?.spend(calls)
  }

  get msLeft(): number {
    return Math.max(0, this.#until - this.#clock())
  }

  get isOver(): boolean {
    return this.#calls <= 0 || this.msLeft <= 0
  }
}
