import type { Result, Router } from 'hono/router'

/** Products ask the same questions about the same organizations again and again. */
const REMEMBERED = 1_000
const MAX_LENGTH = 256

/**
 * Remembers which handlers an address has. Finding them among 300 routes takes longer than any other step of an access
 * check at the edge. The oldest entry makes room and long addresses are left out, so that made-up ones cannot fill the memory.
 */
export class RememberingRouter<T> implements Router<T> {
  readonly name = 'RememberingRouter'
  readonly #router: Router<T>
  readonly #matches = new Map<string, Result<T>>()

  constructor(router: Router<T>) {
    this.#router = router
  }

  add(method: string, path: string, handler: T): void {
    this.#matches.clear()
    this.#router.add(method, path, handler)
  }

  match(method: string, path: string): Result<T> {
    const address = `${method} ${path}`
    const known = this.#matches.get(address)
    if (known !== undefined) return known
    const found = this.#router.match(method, path)
    if (address.length > MAX_LENGTH) return found
    this.#matches.set(address, found)
    const [oldest] = this.#matches.keys()
    if (this.#matches.size > REMEMBERED && oldest !== undefined) this.#matches.delete(oldest)
    return found
  }
}
