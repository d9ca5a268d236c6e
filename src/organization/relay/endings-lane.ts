import type { Lane } from './lane.ts'

export interface EndingsLaneDependencies {
  readonly storage: DurableObjectStorage
  /** One step, in a transaction of its own. */
  readonly logEndings: () => void
}

/** Writes log entries of invitations that ended in a step which could not log them all. */
export class EndingsLane implements Lane {
  readonly name = 'endings'
  readonly #dependencies: EndingsLaneDependencies

  constructor(dependencies: EndingsLaneDependencies) {
    this.#dependencies = dependencies
  }

  load(): void {}

  isBehind(): boolean {
    const { sql } = this.#dependencies.storage
    return sql.exec('select 1 from unlogged_endings limit 1').toArray().length > 0
  }

  /** Between two steps others have their turn. */
  async step(): Promise<boolean> {
    this.#dependencies.logEndings()
    return false
  }

  hasProgress(): boolean {
    return false
  }

  writeProgress(): () => void {
    return () => {}
  }
}
