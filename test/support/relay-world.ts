import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isDeepStrictEqual } from 'node:util'
import { expect, vi } from 'vitest'
import type { OrganizationMessage } from '../../src/contract/mail-message.ts'
import type { Command } from '../../src/membership/commands.ts'
import type { OrganizationObject } from '../../src/organization/organization-object.ts'
import type { Known } from '../../src/organization/relay/directory-lane.ts'
import type { Projected, Projection } from '../../src/records/projection.ts'
import { RELAYED_TABLES, type RelayedTable } from '../../src/records/projection.ts'
import { type Act, commandsIn, idsIn, minutes, noon, seconds } from './commands.ts'
import { projectInto } from './projecting.ts'
import { SqliteDirectory, SqliteStorage } from './sqlite-storage.ts'

/*
 * One real organization object in Node, with a clock, timers, alarm, directory and mail queue of its own. Everything that
 * takes time is an event of this world, so that the object can be ended between any two of them.
 */

const root = resolve(import.meta.dirname, '../..')
const migrationOf = (database: string): string =>
  globSync(`migrations/${database}/*.sql`, { cwd: root })
    .sort()
    .map((file) => readFileSync(resolve(root, file), 'utf8'))
    .join('\n')

vi.mock('cloudflare:workers', () => ({
  DurableObject: class {
    readonly ctx: unknown
    readonly env: unknown
    constructor(ctx: unknown, env: unknown) {
      this.ctx = ctx
      this.env = env
    }
  },
}))
vi.mock('../../migrations/organization/migrations.js', () => ({
  default: {
    journal: { entries: [{ idx: 0, when: 1, tag: 'initial', breakpoints: true }] },
    migrations: { m0000: migrationOf('organization') },
  },
}))
/** Preparing them takes longer than all that an object does here, so the first ones serve all objects over `theStorage`. */
vi.mock('../../src/organization/statements.ts', async (importActual) => {
  const actual = await importActual<typeof import('../../src/organization/statements.ts')>()
  let statements: ReturnType<typeof actual.prepareStatements> | undefined
  return {
    prepareStatements: (...given: Parameters<typeof actual.prepareStatements>) => {
      statements ??= actual.prepareStatements(...given)
      return statements
    },
  }
})
const { OrganizationObject: RealObject } = await import('../../src/organization/organization-object.ts')

const ID = 'org_relayed'
const say = commandsIn(ID)

/** How a destination is. `forgetful` does what it is asked and answers with an error; `silent` never answers. */
export const HEALTH = ['well', 'down', 'slow', 'crawling', 'forgetful', 'silent'] as const
export type Health = (typeof HEALTH)[number]
export type Destination = 'directory' | 'mail'

/** Until the answer. A destination does what it is asked halfway. */
const LATENCY_MS: { readonly [health in Health]: number } = {
  ...{ well: 10, down: 10, slow: seconds(3), crawling: seconds(25), forgetful: 10, silent: 10 },
}
const ALARM_MS = seconds(20)
/** Longer than the longest pause after failures. */
const CALM_MS = minutes(6)

/** That of the world whose object was made last: one world at a time. */
let storageNow: DurableObjectStorage
const theStorage = new Proxy({} as DurableObjectStorage, { get: (_, name) => Reflect.get(storageNow, name) })

interface Timer {
  readonly at: number
  readonly run: () => void
}

export class RelayWorld {
  now = noon
  readonly storage = new SqliteStorage()
  readonly directory = new SqliteDirectory()
  readonly #health = { directory: 'well' as Health, mail: 'well' as Health }
  readonly #calmSince = { directory: Number.NEGATIVE_INFINITY, mail: Number.NEGATIVE_INFINITY }
  #timers: Timer[] = []
  #object: OrganizationObject | null = null
  #lives = 0
  #alarmStartedAt: number | null = null
  #alarmWasLost = false
  #directoryWasRestored = false
  #callsUnderWay = 0
  /** A batch of an object that was gone arrived later: of waiting mails it told what was no longer so. */
  #wasOvertaken = false
  #invitations = 0
  #renamings = 0
  /** How often the queue has taken each mail. */
  readonly #received = new Map<string, number>()
  /** How often the queue may have taken each mail without the object knowing. */
  readonly #lostAnswers = new Map<string, number>()
  readonly #project = projectInto(this.directory.asD1())
  #sentRows = 0
  #batches = 0
  /** What events have found out; whoever walks through them tells of it. */
  readonly #failures: unknown[] = []

  static async begin(): Promise<RelayWorld> {
    const world = new RelayWorld()
    const { storage, directory } = await templates()
    world.storage.restore(storage)
    world.directory.restore(directory)
    return world
  }

  /** How many rows the directory was sent, and in how many batches. */
  get sentRows(): number {
    return this.#sentRows
  }
  get batches(): number {
    return this.#batches
  }

  get mailsSent(): number {
    return this.#received.size
  }

  /** As the directory says. */
  mailWaitingSince(): unknown {
    return this.directory.rows('select mail_waiting_since as since from projections')[0]?.since
  }

  isDirectoryComplete(): boolean {
    return this.#projected() === this.#version() && RELAYED_TABLES.every((table) => this.#isSame(table))
  }

  become(destination: Destination, health: Health): void {
    if (this.#health[destination] === health) return
    this.#health[destination] = health
    this.#calmSince[destination] = this.now
  }

  async object(): Promise<OrganizationObject> {
    if (this.#object !== null) return this.#object
    this.#lives += 1
    storageNow = this.storage.asObjects()
    const life = this.#lives
    const isAlive = () => this.#lives === life && this.#object !== null
    let ready: Promise<unknown> = Promise.resolve()
    const context = {
      id: { name: ID },
      storage: theStorage,
      blockConcurrencyWhile: (run: () => Promise<unknown>) => {
        ready = run()
        return ready
      },
    }
    const object = new RealObject(context as unknown as DurableObjectState, {} as Env)
    Object.assign(object.seams, {
      clock: () => this.now,
      pause: (ms: number, signal?: AbortSignal) => this.#pause(ms, isAlive, signal),
      project: (projection: Projection) => this.#call('directory', isAlive, () => this.#write(projection)),
      enqueue: (messages: readonly OrganizationMessage[]) =>
        this.#call('mail', isAlive, (health) => this.#take(messages, health)),
    })
    this.#object = object
    await ready
    return object
  }

  async execute(act: Act): Promise<void> {
    const object = await this.object()
    const executed = await object.execute({ caller: act.caller, command: act.command as Command })
    if (!executed.ok) throw new Error(`${act.command.type}: ${executed.error.code}`)
    await this.#checked()
  }

  /** Promised within half a second to a mail whose own way is free, whatever else is out of order. */
  async invite(): Promise<void> {
    this.#invitations += 1
    const email = `guest${this.#invitations}@x.test`
    await this.execute(say.inviteMember(email))
    const [life, calmSince] = [this.#lives, this.#calmSince.mail]
    const isFree = this.#health.mail === 'well' && this.now - calmSince > CALM_MS
    if (!isFree) return
    this.#at(this.now + 500, () => {
      if (this.#lives !== life || this.#calmSince.mail !== calmSince) return
      expect(this.#received.get(`${idsIn(ID).invitation(email)}.1`), 'a mail waits for another lane').toBe(1)
    })
  }

  async rename(): Promise<void> {
    this.#renamings += 1
    await this.execute(say.updateOrganization({ name: `Acme ${this.#renamings}` }))
    const [life, calmSince, version] = [this.#lives, this.#calmSince.directory, this.#version()]
    const isFree = this.#health.directory === 'well' && this.now - calmSince > CALM_MS && !this.#directoryWasRestored
    if (!isFree) return
    this.#at(this.now + 500, () => {
      if (this.#lives !== life || this.#calmSince.directory !== calmSince || this.#directoryWasRestored) return
      expect(this.#projected(), 'a row waits for another lane').toBeGreaterThanOrEqual(version)
    })
  }

  async deliver(): Promise<void> {
    if (this.#invitations > 0) await this.execute(say.recordDelivery(`guest${this.#invitations}@x.test`, 'sent'))
  }

  /** Memory is gone; what is on its way to a destination may still arrive, its answer does not. */
  end(): void {
    for (const id of this.#waitingMails()) this.#loseAnswer(id)
    this.#object = null
    this.#lives += 1
    // The platform repeats an alarm whose handler did not come to its end.
    if (this.#alarmStartedAt !== null && !this.#alarmWasLost) this.storage.alarmAt ??= this.now + seconds(2)
    this.#alarmStartedAt = null
  }

  loseAlarm(): void {
    if (this.storage.alarmAt === null) return
    this.storage.alarmAt = null
    this.#alarmWasLost = true
    this.end()
  }

  snapshot(): Uint8Array {
    return this.directory.database.serialize()
  }

  restoreDirectory(image: Uint8Array): void {
    this.directory.restore(image)
    this.#directoryWasRestored = true
  }

  async wake(known?: Known): Promise<void> {
    const object = await this.object()
    // It waits for a moment of this world, which only goes on later.
    void object.wake(known)
    await this.#checked()
    this.#alarmWasLost = false
  }

  /** As cron does it that has just asked the directory. */
  async wakeTold(): Promise<void> {
    const [row] = this.directory.rows('select projected_version, mail_waiting_since from projections')
    // What is under way was written before the restoration, and its answer would come after the comparison.
    if (this.#callsUnderWay === 0) this.#directoryWasRestored = false
    await this.wake({
      projectedVersion: (row?.projected_version as number) ?? 0,
      mailWaitingSince: (row?.mail_waiting_since as number | null) ?? null,
    })
  }

  /** As it is done to a directory that has lost everything of the organization. */
  async rebuild(): Promise<void> {
    const object = await this.object()
    for (const table of [...RELAYED_TABLES, 'projections']) this.directory.rows(`delete from ${table}`)
    this.#directoryWasRestored = false
    object.rebuild().catch(() => {})
    await this.#checked()
  }

  /** Lets so much time pass, event by event. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms
    for (let events = 0; ; events += 1) {
      if (events > 5_000) throw new Error('Events without end')
      const [timer] = this.#timers
      const alarmAt = this.#alarmStartedAt === null ? this.storage.alarmAt : null
      const next = Math.min(timer?.at ?? Infinity, Math.max(alarmAt ?? Infinity, this.now))
      if (next > until) break
      this.now = Math.max(this.now, next)
      if (timer !== undefined && timer.at <= this.now) {
        this.#timers.shift()
        timer.run()
      } else {
        await this.#ring()
      }
      await this.#checked()
    }
    this.now = until
  }

  /** Both destinations are well again. From then on only the alarm helps, unless the platform has lost that. */
  async recover(): Promise<void> {
    this.become('directory', 'well')
    this.become('mail', 'well')
    if (this.#alarmWasLost) await this.object()
    this.#alarmWasLost = false
    await this.#checked()
    await this.pass(minutes(12))
    if (this.#directoryWasRestored) {
      await this.wakeTold()
      await this.pass(minutes(1))
    }
    if (this.#wasOvertaken) {
      await this.wakeTold()
      await this.pass(minutes(1))
    }
    this.#everythingArrived()
  }

  #everythingArrived(): void {
    for (const table of RELAYED_TABLES) must(this.#isSame(table), `the directory has other ${table}`)
    const version = this.#version()
    const progress = this.directory.rows('select * from projections')
    const whole = { head_version: version, projected_version: version, mail_waiting_since: null }
    expect(progress).toMatchObject([whole])
    for (let count = 1; count <= this.#invitations; count += 1) {
      const id = `${idsIn(ID).invitation(`guest${count}@x.test`)}.1`
      expect(this.#received.get(id), id).toBeGreaterThan(0)
    }
    expect(this.storage.rows('select * from outbox')).toEqual([])
    expect(this.storage.rows('select * from due')).toEqual([])
    expect(this.storage.alarmAt).toBe(null)
  }

  async #ring(): Promise<void> {
    const object = await this.object()
    const life = this.#lives
    this.storage.alarmAt = null
    this.#alarmStartedAt = this.now
    void object.alarm().then(() => {
      if (this.#lives !== life) return
      expect(this.now - (this.#alarmStartedAt ?? 0), 'time of an alarm').toBeLessThanOrEqual(ALARM_MS)
      this.#alarmStartedAt = null
    })
  }

  /** All that follows from the last event at once has happened. */
  async #checked(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    const failure = this.#failures.shift()
    if (failure !== undefined) throw failure
    if (this.#alarmWasLost) return
    const due = this.storage.rows('select lane, at from due')
    const lanes = new Set(due.map(({ lane }) => lane))
    if (this.#alarmStartedAt === null) {
      const earliest = due.length === 0 ? null : Math.min(...due.map(({ at }) => at as number))
      must(this.storage.alarmAt === earliest, `the alarm is ${this.storage.alarmAt}, not the earliest of what is due`)
    } else {
      must(this.now - this.#alarmStartedAt <= ALARM_MS, 'an alarm takes too long')
    }
    if (this.#waitingMails().some((id) => !this.#received.has(id)))
      must(lanes.has('mail'), 'nothing looks after a mail')
    if (!this.#directoryWasRestored && this.#projected() < this.#version())
      must(lanes.has('directory'), 'nothing looks after a row')
  }

  #call<T>(destination: Destination, isAlive: () => boolean, work: (health: Health) => T | Promise<T>): Promise<T> {
    const health = this.#health[destination]
    const latency = LATENCY_MS[health]
    if (destination === 'directory') this.#callsUnderWay += 1
    return new Promise((resolve, reject) => {
      let result: Promise<T> | null = null
      this.#at(this.now + latency / 2, () => {
        if (health === 'down') return
        if (!isAlive()) this.#wasOvertaken = true
        result = Promise.resolve(health).then(work)
        result.catch(() => {})
      })
      this.#at(this.now + latency, () => {
        if (destination === 'directory') this.#callsUnderWay -= 1
        if (!isAlive() || health === 'silent') return
        if (result === null || health === 'forgetful') reject(new Error(`${destination} is out of reach`))
        else result.then(resolve, reject)
      })
    })
  }

  #isSame(table: RelayedTable): boolean {
    const query = `select * from ${table} order by ${table === 'roles' ? 'key' : 'id'}`
    return isDeepStrictEqual(this.directory.rows(query), this.storage.rows(query))
  }

  #write(projection: Projection): Promise<Projected> {
    this.#batches += 1
    this.#sentRows += RELAYED_TABLES.reduce((sum, table) => sum + projection.rows[table].length, 0)
    return this.#project(projection)
  }

  #take(messages: readonly OrganizationMessage[], health: Health): void {
    for (const { id } of messages) {
      const times = this.#received.get(id) ?? 0
      this.#received.set(id, times + 1)
      const reasons = this.#lostAnswers.get(id) ?? 0
      if (times > reasons) this.#failures.push(new Error(`${id} was sent again for no reason`))
      if (health === 'forgetful' || health === 'silent') this.#loseAnswer(id)
    }
  }

  #loseAnswer(id: string): void {
    this.#lostAnswers.set(id, (this.#lostAnswers.get(id) ?? 0) + 1)
  }

  #pause(ms: number, isAlive: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#at(this.now + ms, () => {
        if (isAlive()) resolve()
      })
      signal?.addEventListener('abort', () => {
        this.#timers = this.#timers.filter((other) => other !== timer)
        if (isAlive()) resolve()
      })
    })
  }

  #at(at: number, run: () => void): Timer {
    const timer = { at, run: () => this.#noting(run) }
    const index = this.#timers.findIndex((other) => other.at > at)
    this.#timers.splice(index === -1 ? this.#timers.length : index, 0, timer)
    return timer
  }

  #noting(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#failures.push(error)
    }
  }

  #waitingMails(): string[] {
    return this.storage
      .rows('select messages from outbox')
      .flatMap(({ messages }) => (JSON.parse(messages as string) as OrganizationMessage[]).map(({ id }) => id))
  }

  #version = (): number => this.storage.rows('select version from ledger')[0]?.version as number
  #projected = (): number =>
    (this.directory.rows('select projected_version as version from projections')[0]?.version as number) ?? 0
}

/** After each event, so thousands of times a second. */
function must(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise)
}

let kept: Promise<{ storage: Uint8Array; directory: Uint8Array }> | null = null

/** An organization that was just founded and has arrived, made once. */
function templates(): Promise<{ storage: Uint8Array; directory: Uint8Array }> {
  kept ??= found()
  return kept
}

async function found(): Promise<{ storage: Uint8Array; directory: Uint8Array }> {
  const world = new RelayWorld()
  const empty = new DatabaseSync(':memory:')
  empty.exec(migrationOf('directory'))
  world.directory.restore(empty.serialize())
  const object = await world.object()
  const { caller, command } = say.createOrganization({ owner: idsIn(ID).person('ann') })
  await object.execute({ caller, command })
  await world.recover()
  return { storage: world.storage.database.serialize(), directory: world.directory.database.serialize() }
}
