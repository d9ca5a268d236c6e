import { DurableObject } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/durable-sqlite'
import { migrate } from 'drizzle-orm/durable-sqlite/migrator'
import migrations from '../../migrations/organization/migrations.js'
import type { OrganizationMessage } from '../contract/mail-message.ts'
import { releaseClaims } from '../directory/claims.ts'
import { directoriesOf, directoryNamed } from '../directory/directories.ts'
import { projectThroughWriter } from '../directory/directory-writer.ts'
import { eraseOrganization } from '../directory/erasure.ts'
import { FIRST_DIRECTORY } from '../env.ts'
import type { Membership } from '../membership/access.ts'
import { type Caller, isReadOnly } from '../membership/actor.ts'
import { LAST_USED_RESOLUTION_MS } from '../membership/api-key.ts'
import { type Authority, authorityOf } from '../membership/authority.ts'
import type { Command, CommandType, CommandValues, CreateOrganization } from '../membership/commands.ts'
import { createOrganization } from '../membership/decide/create-organization.ts'
import { INVITATIONS_ENDED_AT_ONCE, personBehind } from '../membership/departure.ts'
import type { Member } from '../membership/member.ts'
import { isErasable, type Organization } from '../membership/organization.ts'
import type { QueryType, QueryValues } from '../membership/queries.ts'
import type { Rejection } from '../membership/rejection.ts'
import type { Result } from '../membership/result.ts'
import { type Asked, answer } from '../records/answer.ts'
import type { Database } from '../records/database.ts'
import type { Projected, Projection } from '../records/projection.ts'
import { handle } from './handle.ts'
import type { Known } from './relay/directory-lane.ts'
import { NOTHING_WAITS, Relay } from './relay/relay.ts'
import type {
  Executed,
  ExecuteRequest,
  HeldClaims,
  Read,
  ReadAllRequest,
  ReadRequest,
  Refusal,
  Woken,
} from './requests.ts'
import { askedFor, resourceOf, shownBy } from './resource.ts'
import { type KeptAnswer, OrganizationStore } from './store.ts'

/** What a page of a filtered list looks at: some 50 ms of computing, in which the object's other callers wait. */
const ROWS_PER_PAGE = 10_000
const ANSWERS_KEPT_MS = 24 * 60 * 60 * 1000
/** By the alarm, and when cron wakes the object: an organization in which nothing happens keeps none for longer. */
const ANSWERS_DROPPED_AT_ONCE = 1_000

/** What the object takes from outside. Fields, not methods, so that they are out of reach of RPC; tests replace them. */
export interface Seams {
  clock: () => number
  /** Resolves after so many milliseconds, or as soon as the signal is given. */
  pause: (ms: number, signal?: AbortSignal) => Promise<void>
  project: (projection: Projection) => Promise<Projected>
  enqueue: (messages: readonly OrganizationMessage[]) => Promise<void>
  /** `directory` is null if the organization's own storage, which knows it, is empty already. */
  erase: (organizationId: string, directory: string | null) => Promise<void>
}

/**
 * The authority for one organization, named after its id. A command is one synchronous step in one transaction: load what
 * the rule needs, decide, write rows, events, messages and alarm. Nothing can come between, nothing is half done.
 */
export class OrganizationObject extends DurableObject<Env> {
  readonly seams: Seams
  readonly #id: string
  readonly #database: Database
  readonly #store: OrganizationStore
  readonly #relay: Relay
  #exists = false
  #erasure: Promise<{ erased: boolean }> | null = null
  /** From then on nothing is read or changed. The storage is there until the directory and the claims are rid of it. */
  #isEmptying = false

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#id = ctx.id.name ?? storedId(ctx.storage) ?? NO_NAME
    this.seams = {
      clock: Date.now,
      pause,
      project: (projection) => projectThroughWriter(env, this.#store.directory(), projection),
      // The organization's own row in the directory stays until the storage is empty, so that the sweep goes on if this dies.
      erase: async (organizationId, name) => {
        const found = name === null ? directoriesOf(env) : [{ name, database: directoryNamed(env, name) }]
        for (const { database } of found) await eraseOrganization(database, organizationId, this.seams.clock())
        await releaseClaims(env.ACCOUNTS, organizationId)
      },
      enqueue: async (messages) => {
        await env.MAIL_QUEUE.sendBatch(messages.map((body) => ({ body, contentType: 'json' })))
      },
    }
    const database = drizzle(ctx.storage)
    this.#database = database as unknown as Database
    this.#store = new OrganizationStore(database, this.#id)
    this.#relay = new Relay({
      storage: ctx.storage,
      organizationId: this.#id,
      clock: () => this.seams.clock(),
      pause: (ms, signal) => this.seams.pause(ms, signal),
      logEndings: () => this.#logEndings(),
      project: (projection) => this.seams.project(projection),
      enqueue: (messages) => this.seams.enqueue(messages),
    })
    // Without a name there is no organization in it, whatever the storage is.
    if (isBorn(ctx.storage) && this.#id !== NO_NAME) void ctx.blockConcurrencyWhile(() => this.#migrate())
  }

  /** Carries out a command, or says why not. The answer leaves only once the change is durable (output gate). */
  async execute(request: ExecuteRequest): Promise<Executed<CommandValues[CommandType]>> {
    const { caller, command } = request
    const now = this.seams.clock()
    if (!this.#isOpen) {
      if (command.type !== 'CreateOrganization' || this.#isEmptying) return ABSENT
      this.#assertNamed()
      // A first creation that is refused leaves no storage behind.
      const refusal = refusalOfFirst(caller, command, now)
      if (refusal !== null) return { ok: false, error: refusal, revision: 0 }
      await this.#migrate()
    }
    const executed = this.#atomically(now, () => this.#step(request, now))
    this.#relay.nudge(this.#store.work())
    if (!executed.ok) this.#logRefusal(caller, command, executed.error)
    return executed
  }

  /** Answers a question, if the caller may know. */
  async read({ caller, query }: ReadRequest): Promise<Read<QueryValues[QueryType]>> {
    if (!this.#isOpen) return ABSENT
    const now = this.seams.clock()
    this.#store.begin()
    const authorize = () => this.#authority(caller, now, (userId) => this.#store.membershipOf(userId))
    const authority = caller.type === 'api_key' ? this.#atomically(now, authorize) : authorize()
    const standing = this.#store.standing()
    const revision = standing?.revision ?? 0
    if (!authority.ok) return { ...authority, revision }
    if (standing === null || standing.deleted) return { ok: false, error: NO_ORGANIZATION, revision }
    const shown = askedFor(query)
    // Read before the answer: should the resource change in between, the condition of the client's next write fails.
    const row = shown === null ? {} : { rowRevision: this.#store.rowRevision(shown) }
    const answered = await answer(this.#asked(authority.value, now), query)
    return answered.ok ? { ...answered, revision, ...row } : { ...answered, revision }
  }

  /** Several questions of one caller in one round trip. */
  readAll({ caller, queries }: ReadAllRequest): Promise<Read<QueryValues[QueryType]>[]> {
    return Promise.all(queries.map((query) => this.read({ caller, query })))
  }

  #asked(authority: Authority, now: number): Asked {
    const store = this.#store
    return {
      database: this.#database,
      people: store,
      organizationId: this.#id,
      organization: () => store.organization() as Organization,
      authority,
      tally: () => store.tally(now),
      logHead: () => store.logHead(),
      walk: ROWS_PER_PAGE,
      now,
    }
  }

  /** What the organization holds in the deployment's claims. Null: there is no organization here. */
  claims(): HeldClaims | null {
    const organization = this.#isOpen ? this.#store.organization() : null
    if (organization === null) return null
    const { slug } = organization
    const store = this.#store
    const held = { createdBy: store.creator(), ownerId: store.firstOwner(), directory: store.directory() }
    return { organizationId: this.#id, slug, ...held }
  }

  /** Sends everything to the directory again, and answers once it has arrived. If that is interrupted, the alarm goes on. */
  async rebuild(): Promise<{ exists: boolean; revision: number }> {
    if (!this.#isOpen) return { exists: false, revision: 0 }
    await this.#relay.rebuild()
    return { exists: true, revision: this.#store.standing()?.revision ?? 0 }
  }

  /**
   * For cron: erases a deleted organization for good once its restore window has passed, by the object's own clock. The
   * directory first and the own storage last: dying in between leaves it to be found and finished.
   */
  async erase(): Promise<{ erased: boolean }> {
    this.#assertNamed()
    this.#erasure ??= this.#erase().finally(() => {
      this.#erasure = null
    })
    return this.#erasure
  }

  async #erase(): Promise<{ erased: boolean }> {
    const organization = this.#exists ? this.#store.organization() : null
    if (organization !== null && !isErasable(organization, this.seams.clock())) return { erased: false }
    if (this.#exists) await this.#relay.drain()
    this.#isEmptying = true
    try {
      await this.seams.erase(this.#id, this.#exists ? this.#store.directory() : null)
      this.#relay.stop()
      this.#exists = false
      await this.ctx.storage.deleteAlarm()
      await this.ctx.storage.deleteAll()
    } finally {
      this.#isEmptying = false
    }
    return { erased: true }
  }

  /**
   * For cron: does this organization exist, and since when does something of it wait? `known` is what the directory says of it,
   * to be compared. What is behind is tried at once, and looked after by the alarm.
   */
  async wake(known?: Known): Promise<Woken> {
    if (!this.#exists) return { exists: false, slug: null, version: 0, waiting: NOTHING_WAITS }
    if (!this.#isEmptying) {
      this.#store.dropAnswers(this.seams.clock(), ANSWERS_DROPPED_AT_ONCE)
      await this.#relay.wake(known)
    }
    if (!this.#exists) return { exists: false, slug: null, version: 0, waiting: NOTHING_WAITS }
    const organization = this.#store.organization()
    const version = this.#store.version()
    const waiting = this.#relay.waitingSince()
    return { exists: organization !== null, slug: organization?.slug ?? null, version, waiting }
  }

  override async alarm(): Promise<void> {
    if (!this.#exists) return
    this.#store.dropAnswers(this.seams.clock(), ANSWERS_DROPPED_AT_ONCE)
    await this.#relay.ring()
  }

  get #isOpen(): boolean {
    return this.#exists && !this.#isEmptying
  }

  /** The next call starts the object again, by its name. */
  #assertNamed(): void {
    if (this.#id === NO_NAME) this.ctx.abort('This object was started by its object id and does not know its name')
  }

  #step(request: ExecuteRequest, now: number): Executed<CommandValues[CommandType]> {
    const { caller, command, ifRevision, idempotency } = request
    const store = this.#store
    const { revision } = store.ledger()
    const known = this.#authority(caller, now, (userId) => store.memberOfUser(userId))
    if (!known.ok) return { ...known, revision }
    const authority = known.value
    if (isReadOnly(caller)) return { ok: false, error: { code: 'forbidden', permission: 'operator:write' }, revision }

    const kept = idempotency === undefined ? null : store.keptAnswer(idempotency.key, now)
    if (kept !== null) {
      return kept.fingerprint === idempotency?.fingerprint
        ? replayed(kept)
        : { ok: false, error: { code: 'idempotency_key_reused' }, revision }
    }
    const decision = handle(store, command, { authority, now })
    // A command that lacks only its claim is held to the condition before anything is claimed for it.
    if (!decision.ok && decision.error.code !== 'claim_expired') {
      const left = decision.changes ?? []
      const after = left.length === 0 ? revision : store.commit(left, authority.actor, now).revision
      return { ok: false, error: decision.error, revision: after }
    }
    // RFC 9110, 13.2.1: a precondition counts only where the request would succeed; so a stranger learns no revision.
    const current =
      ifRevision === undefined ? undefined : store.rowRevision(resourceOf(command) ?? { type: 'organization' })
    if (current !== undefined && current !== ifRevision) {
      return { ok: false, error: { code: 'revision_mismatch', revision: current }, revision }
    }
    if (!decision.ok) return { ok: false, error: decision.error, revision }
    const { value, changes } = decision.value
    const after = store.commit(changes, authority.actor, now).revision
    if (changes.length > 0 && command.type === 'CreateOrganization') store.place(command.directory ?? FIRST_DIRECTORY)
    const isForgotten = command.type === 'ErasePerson' && (value as CommandValues['ErasePerson']).nextSeq === null
    if (isForgotten) store.forgetAnswers(command)
    const shown = shownBy(command.type, value)
    const rowRevision = shown && store.rowRevision(shown)
    if (idempotency !== undefined) {
      store.keepAnswer({ ...idempotency, value, revision: after, rowRevision, expiresAt: now + ANSWERS_KEPT_MS }, now)
    }
    return { ok: true, value, revision: after, ...(rowRevision !== null && { rowRevision }), replayed: false }
  }

  /** `memberOf` loads as much of the caller's row as is needed. */
  #authority<M extends Membership>(
    caller: Caller,
    now: number,
    memberOf: (userId: string) => M | null,
  ): Result<Authority<M>, Rejection> {
    const store = this.#store
    const member = caller.type === 'user' ? memberOf(caller.userId) : null
    const role = member === null ? null : store.role(member.role)
    const apiKey = caller.type === 'api_key' ? store.apiKeyOfSecret(caller.secretHash) : null
    const behind = apiKey === null ? null : personBehind(apiKey)
    const maker = behind === null ? null : store.membershipOf(behind)
    const authority = authorityOf(caller, { member, role, apiKey, maker }, now)
    if (authority.ok && apiKey !== null && now - (apiKey.lastUsedAt ?? 0) >= LAST_USED_RESOLUTION_MS) {
      store.commit([{ kind: 'key_use', after: { ...apiKey, lastUsedAt: now } }], authority.value.actor, now)
    }
    return authority
  }

  /** One step: with the changes, or not at all, go the work they leave to the relay, its progress so far, and the alarm. */
  #atomically<T>(now: number, run: () => T): T {
    this.#store.begin()
    const { value, recorded } = this.ctx.storage.transactionSync(() => {
      const value = run()
      const work = this.#store.work()
      return { value, recorded: work.size === 0 ? null : this.#relay.record(work, now) }
    })
    recorded?.()
    return value
  }

  /** Endings beyond what one step logs, as many of them as another step logs. */
  #logEndings(): void {
    const now = this.seams.clock()
    this.#atomically(now, () => this.#store.logEndings(now, INVITATIONS_ENDED_AT_ONCE))
    this.#relay.nudge(this.#store.work())
  }

  async #migrate(): Promise<void> {
    await migrate(drizzle(this.ctx.storage), migrations)
    await this.#relay.load()
    this.#exists = true
  }

  /** Attempts to get more than one has are for the operator's eyes; other refusals are everyday. */
  #logRefusal(caller: Caller, { type }: Command, error: Refusal): void {
    if (error.code !== 'forbidden' && error.code !== 'email_mismatch') return
    const who = caller.type === 'user' ? caller.userId : caller.type
    console.warn({ message: 'refused', organization: this.#id, command: type, caller: who, code: error.code })
  }
}

const replayed = ({ value, revision, rowRevision }: KeptAnswer): Executed<CommandValues[CommandType]> => ({
  ok: true,
  value: value as CommandValues[CommandType],
  revision,
  ...(rowRevision !== null && { rowRevision }),
  replayed: true,
})

/** An object that was only asked about, never created, must stay without storage. */
const isBorn = ({ sql }: DurableObjectStorage): boolean =>
  sql.exec("select 1 from sqlite_master where name = 'ledger'").toArray().length > 0

/** For an object that was started by its object id: the platform tells it no name then. */
const storedId = (storage: DurableObjectStorage): string | undefined =>
  isBorn(storage) ? storage.sql.exec<{ id: string }>('select id from organizations').toArray()[0]?.id : undefined

const NO_NAME = ''

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

const NO_ORGANIZATION = { code: 'not_found', resource: 'organization' } as const
const ABSENT = { ok: false, error: NO_ORGANIZATION, revision: 0 } as const

/** Why there would be no organization after this. */
function refusalOfFirst(caller: Caller, command: CreateOrganization, now: number): Rejection | null {
  const authority = authorityOf<Member>(caller, { member: null, role: null, apiKey: null, maker: null }, now)
  if (!authority.ok) return authority.error
  if (isReadOnly(caller)) return { code: 'forbidden', permission: 'operator:write' }
  const decision = createOrganization({ organization: null }, command, { authority: authority.value, now })
  return decision.ok ? null : decision.error
}
