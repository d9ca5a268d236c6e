import { startSession } from '../../src/accounts/sessions.ts'
import { createUser } from '../../src/accounts/users.ts'
import worker, { OrganizationObject as RealObject, DirectoryWriter as RealWriter } from '../../src/index.ts'

/*
 * The real worker as it is deployed, and beside it what only a benchmark asks for: counts of D1 batches and commits, and
 * members by the hundred thousand. Mails are taken from the queue and dropped, except while costs are counted: then
 * they go to the mailbox, and organizations hear of their delivery.
 */

let mailsAreSent = false

export class DirectoryWriter extends RealWriter {
  readonly #written: { batches: number }

  constructor(ctx: DurableObjectState, env: Env) {
    const written = { batches: 0 }
    const DIRECTORY = counted(env.DIRECTORY, () => {
      written.batches += 1
    })
    super(ctx, { ...env, DIRECTORY })
    this.#written = written
  }

  batches(): number {
    return this.#written.batches
  }
}

export class OrganizationObject extends RealObject {
  readonly #written: { commits: number }

  constructor(ctx: DurableObjectState, env: Env) {
    const written = { commits: 0 }
    countCommits(ctx.storage, () => {
      written.commits += 1
    })
    super(ctx, env)
    this.#written = written
  }

  commits(): number {
    return this.#written.commits
  }

  /** For all objects: they share the worker's isolate. */
  sendMails(sent: boolean): void {
    mailsAreSent = sent
  }

  /** Signs in the first of the seeded members; the token. */
  async signIn(): Promise<string> {
    const id = `usr_${'1'.padStart(26, '0')}`
    const person = { id, email: 'member-1@example.test', name: null, emailVerified: true }
    await createUser(this.env.ACCOUNTS, person, { type: 'operator', id: null })
    const signIn = { userId: id, method: 'email_code', userAgent: null } as const
    const started = await startSession(this.env.ACCOUNTS, signIn, Date.now())
    if (started === null) throw new Error('The member could not sign in')
    return started.token
  }

  /** Members as they are long after they came: of a version that the relay has brought to the directory. */
  seedMembers(count: number): void {
    const { sql } = this.ctx.storage
    this.ctx.storage.transactionSync(() => {
      sql.exec(SEED_MEMBERS, this.ctx.id.name, count)
      sql.exec('update ledger set active_members = active_members + ?', count)
    })
  }
}

const SEED_MEMBERS = `
  with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ?2)
  insert into members (id, organization_id, user_id, email, role, status, source, profile, name_key,
                       joined_at, last_sign_in_at, created_at, updated_at, revision, version)
  select printf('mem_%026d', n), ?1, printf('usr_%026d', n), printf('member-%d@example.test', n), 'member', 'active',
         'added', '{}', printf('member-%d@example.test', n), n, null, n, n, 1, 1
  from numbers`

function counted(directory: D1Database, count: () => void): D1Database {
  return new Proxy(directory, {
    get(target, name) {
      if (name === 'batch') count()
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** What an object writes without waiting in between is one commit, an alarm included. */
function countCommits(storage: DurableObjectStorage, count: () => void): void {
  let isOpen = false
  const wrote = () => {
    if (isOpen) return
    isOpen = true
    count()
    queueMicrotask(() => {
      isOpen = false
    })
  }
  const { sql } = storage
  const exec = sql.exec.bind(sql)
  const seen = (query: string, ...values: SqlStorageValue[]) => {
    if (/^\s*(insert|update|delete|replace|create|drop)/i.test(query)) wrote()
    return exec(query, ...values)
  }
  Object.defineProperty(sql, 'exec', { value: seen })
  Object.defineProperty(storage, 'sql', { value: sql })
  const setAlarm = storage.setAlarm.bind(storage)
  Object.defineProperty(storage, 'setAlarm', {
    value: (time: number | Date) => {
      wrote()
      return setAlarm(time)
    },
  })
}

export default {
  ...worker,
  queue: (batch, env) => (mailsAreSent ? worker.queue(batch, env) : batch.ackAll()),
} satisfies ExportedHandler<Env>
