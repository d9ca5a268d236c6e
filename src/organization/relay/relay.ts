import type { OrganizationMessage } from '../../contract/mail-message.ts'
import type { Projected, Projection } from '../../records/projection.ts'
import { DirectoryLane, type Known } from './directory-lane.ts'
import { type Due, DueWork } from './due-work.ts'
import { EndingsLane } from './endings-lane.ts'
import type { LaneName } from './lane.ts'
import { LaneRunner, RUN_MS } from './lane-runner.ts'
import { MailLane } from './mail-lane.ts'

export interface RelayDependencies {
  readonly storage: DurableObjectStorage
  readonly organizationId: string
  readonly project: (projection: Projection) => Promise<Projected>
  readonly enqueue: (messages: readonly OrganizationMessage[]) => Promise<void>
  readonly logEndings: () => void
  readonly clock: () => number
  readonly pause: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** Since when the oldest work of each lane waits, in epoch milliseconds. Null: none does. */
export type WaitingSince = { readonly [lane in LaneName]: number | null }
export const NOTHING_WAITS: WaitingSince = { directory: null, mail: null, endings: null }

/** How long after a commit the alarm looks whether everything has arrived. */
const ALARM_DELAY_MS = 10_000
/** Longest wait of a caller that wakes the object for what was behind. */
const WAKE_MS = 2_000

/**
 * Brings what was committed to where it belongs, by one lane per destination. No lane waits for another. A commit notes in
 * its own transaction what it leaves to do (`record`) and starts the lanes (`nudge`). The alarm looks after what has not
 * arrived by then, and writes down in one commit how far the lanes have come, unless the next change has done so.
 */
export class Relay {
  readonly #dependencies: RelayDependencies
  readonly #due: DueWork
  readonly #directory: DirectoryLane
  readonly #runners: { readonly [lane in LaneName]: LaneRunner }
  /** The alarm has tried to send mails in vain. */
  #mailIsStuck = false
  #isStopped = false

  constructor(dependencies: RelayDependencies) {
    this.#dependencies = dependencies
    this.#due = new DueWork(dependencies.storage)
    this.#directory = new DirectoryLane({
      ...dependencies,
      mailWaitingSince: () => (this.#mailIsStuck ? this.#runners.mail.waitingSince() : null),
    })
    this.#runners = {
      directory: new LaneRunner(this.#directory, dependencies),
      mail: new LaneRunner(new MailLane(dependencies), dependencies),
      endings: new LaneRunner(new EndingsLane(dependencies), dependencies),
    }
  }

  /** When the object wakes or comes into being. The alarm is set again if the platform has lost it. */
  async load(): Promise<void> {
    this.#due.load()
    const isUnfinished = this.#due.earliest !== null
    for (const [name, runner] of this.#each()) runner.load(this.#due.get(name)?.since ?? null, isUnfinished)
    this.#mailIsStuck = false
    this.#isStopped = false
    await this.#due.checkAlarm()
  }

  /** Before the storage is emptied: what is still running writes nothing and sets no alarm. */
  stop(): void {
    this.#isStopped = true
  }

  /**
   * Inside the transaction of a commit: what the commit leaves to do, the alarm that looks after it, and how far the lanes
   * have come until now. The function it returns is to be called once that is committed.
   */
  record(work: ReadonlySet<LaneName>, now: number): () => void {
    const isNew = [...work].filter((lane) => this.#due.get(lane) === undefined)
    const due = { at: now + ALARM_DELAY_MS, since: now }
    const written = this.#write(new Map(isNew.map((lane) => [lane, due])))
    return () => {
      written()
      for (const lane of work) this.#runners[lane].noteWork(now)
    }
  }

  nudge(work: Iterable<LaneName>): void {
    for (const lane of work) this.#runners[lane].nudge()
  }

  waitingSince(): WaitingSince {
    const since = (lane: LaneName) => this.#runners[lane].waitingSince()
    return { directory: since('directory'), mail: since('mail'), endings: since('endings') }
  }

  /**
   * For the alarm. Returns after some 20 seconds at the latest, with the alarm set again if anything is left. Never throws:
   * the platform gives up on a failing alarm after six tries, and an outage may last longer.
   */
  async ring(): Promise<void> {
    this.#due.rang()
    try {
      await this.#attendToDue()
    } catch (error) {
      console.error({ message: 'alarm failed', organization: this.#dependencies.organizationId, error: String(error) })
    }
    this.#quietly(() => this.#change(new Map()))
  }

  /**
   * For cron, which may have read what the directory says of this organization. Tries at once what is behind, whatever has
   * failed before, and waits for that a moment.
   */
  async wake(known?: Known): Promise<void> {
    if (known !== undefined) this.#directory.compare(known)
    this.#change(this.#forgotten())
    await this.#due.checkAlarm()
    const behind = this.#each().filter(([, { lane }]) => lane.isBehind())
    if (behind.length === 0) return
    const until = this.#dependencies.clock() + RUN_MS
    const runs = behind.map(([, runner]) => {
      runner.retryNow()
      return runner.run(until)
    })
    const done = new AbortController()
    await Promise.race([Promise.allSettled(runs), this.#dependencies.pause(WAKE_MS, done.signal)])
    done.abort()
  }

  /** Sends everything to the directory again. Resolves once it has arrived; rejects if it cannot, and the alarm goes on. */
  async rebuild(): Promise<void> {
    const { clock, storage } = this.#dependencies
    const now = clock()
    const committed = storage.transactionSync(() => {
      this.#directory.startOver()
      return this.record(new Set(['directory']), now)
    })
    committed()
    const runner = this.#runners.directory
    runner.retryNow()
    const { version } = this.#directory.head()
    while (this.#directory.arrived < version) await runner.run(clock() + RUN_MS)
  }

  /** Resolves once everything that waits has arrived everywhere. */
  async drain(): Promise<void> {
    const { clock } = this.#dependencies
    for (const [, runner] of this.#each()) {
      while (runner.lane.isBehind()) await runner.run(clock() + RUN_MS)
    }
  }

  /** Lanes are attended to side by side; one that comes due meanwhile need not wait for the others. */
  async #attendToDue(): Promise<void> {
    const { clock, pause } = this.#dependencies
    this.#change(this.#arrived())
    // The alarm may ring a little before its time: what it was set for is due all the same.
    let now = Math.max(clock(), this.#due.earliest ?? 0)
    const until = clock() + RUN_MS
    const returning = new AbortController()
    let isOver = false
    const over = pause(RUN_MS, returning.signal).then(() => {
      isOver = true
    })
    const attended = new Map<LaneName, Promise<void>>()
    for (;;) {
      for (const [name, runner] of this.#each()) {
        const due = this.#due.get(name)
        if (due === undefined || due.at > now || attended.has(name)) continue
        attended.set(
          name,
          this.#attend(name, runner, until).finally(() => attended.delete(name)),
        )
      }
      if (attended.size === 0 || isOver || clock() >= until) break
      const next = Math.min(...this.#each().flatMap(([name]) => this.#nextAfter(name, clock())))
      const comesDue = Number.isFinite(next) ? [pause(next - clock(), returning.signal)] : []
      await Promise.race([...attended.values(), ...comesDue, over])
      now = clock()
    }
    returning.abort()
  }

  /** One lane until it has arrived, has failed, or the time is up. Never rejects. */
  async #attend(name: LaneName, runner: LaneRunner, until: number): Promise<void> {
    const { clock } = this.#dependencies
    const mayRun = () => runner.lane.isBehind() && clock() < until && clock() >= runner.notBefore
    try {
      while (mayRun()) await runner.run(until)
    } catch {
      // The runner has told of it and knows how long to wait.
      if (name === 'mail') this.#mailIsStuck = true
    }
    this.#quietly(() => this.#change(new Map([...this.#arrived(), ...this.#postponed(name, runner)])))
  }

  /** What is no longer to be looked after, and what now is because of that. */
  #arrived(): Map<LaneName, Due | null> {
    if (!this.#runners.mail.lane.isBehind()) this.#mailIsStuck = false
    const done = this.#each().filter(([name, { lane }]) => this.#due.get(name) !== undefined && !lane.isBehind())
    return new Map<LaneName, Due | null>([...this.#forgotten(), ...done.map(([name]) => [name, null] as const)])
  }

  /** What is behind although nothing looks after it. */
  #forgotten(): Map<LaneName, Due> {
    const now = this.#dependencies.clock()
    const forgotten = this.#each().filter(([name, { lane }]) => this.#due.get(name) === undefined && lane.isBehind())
    return new Map(forgotten.map(([name, runner]) => [name, { at: now, since: runner.waitingSince() ?? now }]))
  }

  /** When a lane that is still behind is attended to again: at once if only its time was up. */
  #postponed(name: LaneName, runner: LaneRunner): [LaneName, Due][] {
    const since = runner.waitingSince()
    if (since === null) return []
    return [[name, { at: Math.max(this.#dependencies.clock(), runner.notBefore), since }]]
  }

  #nextAfter(name: LaneName, now: number): number[] {
    const at = this.#due.get(name)?.at
    return at === undefined || at <= now ? [] : [at]
  }

  /** Changes what is due, and writes down how far the lanes have come, in one commit. */
  #change(changes: ReadonlyMap<LaneName, Due | null>): void {
    if (this.#isStopped) return
    this.#dependencies.storage.transactionSync(() => this.#write(changes))()
  }

  #write(changes: ReadonlyMap<LaneName, Due | null>): () => void {
    const progress = this.#each().flatMap(([, { lane }]) => (lane.hasProgress() ? [lane.writeProgress()] : []))
    const written = [this.#due.change(changes), ...progress]
    return () => {
      for (const done of written) done()
    }
  }

  #quietly(change: () => void): void {
    if (this.#isStopped) return
    try {
      change()
    } catch (error) {
      console.error({ message: 'alarm failed', organization: this.#dependencies.organizationId, error: String(error) })
      void this.#dependencies.storage.setAlarm(this.#dependencies.clock() + ALARM_DELAY_MS)
    }
  }

  #each(): [LaneName, LaneRunner][] {
    return Object.entries(this.#runners) as [LaneName, LaneRunner][]
  }
}
