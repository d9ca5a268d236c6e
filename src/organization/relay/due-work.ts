import type { LaneName } from './lane.ts'

/** What the alarm has to look after: no later than `at`. `since`: the time of the oldest commit that may not have arrived. */
export interface Due {
  readonly at: number
  readonly since: number
}

/**
 * The table `due`, and the object's one alarm, which is always the earliest time in it. Both change in the transaction of
 * their cause. What a lane has to do stands here from the commit that brought it until storage says that it is done.
 */
export class DueWork {
  readonly #storage: DurableObjectStorage
  #due: ReadonlyMap<LaneName, Due> = new Map()
  /** Undefined: unknown. */
  #alarmAt: number | null | undefined

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  load(): void {
    const rows = this.#storage.sql.exec<{ lane: LaneName; at: number; since: number }>(
      'select lane, at, since from due',
    )
    this.#due = new Map(rows.toArray().map(({ lane, at, since }) => [lane, { at, since }]))
    this.#alarmAt = undefined
  }

  get(lane: LaneName): Due | undefined {
    return this.#due.get(lane)
  }

  get earliest(): number | null {
    return earliestOf(this.#due)
  }

  /** The platform may have lost the alarm: then this sets it again. */
  async checkAlarm(): Promise<void> {
    if (this.earliest === null) return
    this.#alarmAt = await this.#storage.getAlarm()
    this.change(new Map())()
  }

  /** The alarm that was set is gone. */
  rang(): void {
    this.#alarmAt = undefined
  }

  /** Inside a transaction; null: done. The function it returns is to be called once that is committed. */
  change(changes: ReadonlyMap<LaneName, Due | null>): () => void {
    const due = new Map(this.#due)
    for (const [lane, next] of changes) {
      if (next === null) {
        due.delete(lane)
        this.#storage.sql.exec('delete from due where lane = ?', lane)
      } else {
        due.set(lane, next)
        this.#storage.sql.exec(
          `insert into due (lane, at, since) values (?, ?, ?)
           on conflict (lane) do update set at = excluded.at, since = excluded.since`,
          lane,
          next.at,
          next.since,
        )
      }
    }
    const alarmAt = earliestOf(due)
    if (alarmAt !== this.#alarmAt) {
      void (alarmAt === null ? this.#storage.deleteAlarm() : this.#storage.setAlarm(alarmAt))
    }
    return () => {
      this.#due = due
      this.#alarmAt = alarmAt
    }
  }
}

const earliestOf = (due: ReadonlyMap<LaneName, Due>): number | null =>
  due.size === 0 ? null : Math.min(...[...due.values()].map(({ at }) => at))
