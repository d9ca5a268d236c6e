import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

/*
 * The storage of an object and a directory as Node's own SQLite, so that an object can be driven thousands of times with
 * a clock of its own. Only what the code of an organization uses.
 */

type Row = Record<string, unknown>

/** Prepared once per text, in both shapes that rows are asked for. */
class Statements {
  readonly #database: DatabaseSync
  readonly #rows = new Map<string, StatementSync>()
  readonly #arrays = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  rows(query: string): StatementSync {
    return this.#kept(this.#rows, query, false)
  }

  arrays(query: string): StatementSync {
    return this.#kept(this.#arrays, query, true)
  }

  #kept(statements: Map<string, StatementSync>, query: string, asArrays: boolean): StatementSync {
    const kept = statements.get(query)
    if (kept !== undefined) return kept
    const prepared = this.#database.prepare(query)
    prepared.setReturnArrays(asArrays)
    statements.set(query, prepared)
    return prepared
  }
}

const bound = (values: readonly unknown[]): SQLInputValue[] =>
  values.map((value) => (typeof value === 'boolean' ? Number(value) : (value ?? null)) as SQLInputValue)

/** A connection of its own for each image: statements of the former one would not survive. */
function opened(image: Uint8Array): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  database.deserialize(image)
  return database
}

/** An object's storage, with its alarm. It outlives the objects that are made over it. */
export class SqliteStorage {
  database = new DatabaseSync(':memory:')
  #statements = new Statements(this.database)
  alarmAt: number | null = null
  #depth = 0

  restore(image: Uint8Array): void {
    this.database = opened(image)
    this.#statements = new Statements(this.database)
  }

  rows(query: string, ...values: unknown[]): Row[] {
    return this.#statements.rows(query).all(...bound(values)) as Row[]
  }

  asObjects(): DurableObjectStorage {
    const storage = {
      sql: {
        exec: (query: string, ...values: unknown[]) => {
          // At once, as the platform does it: a change must not wait until somebody looks at its result.
          const rows = this.rows(query, ...values)
          return {
            toArray: () => rows,
            one: () => rows[0],
            next: () => rows.values().next(),
            raw: () => ({ toArray: () => this.#statements.arrays(query).all(...bound(values)) }),
            [Symbol.iterator]: () => rows.values(),
          }
        },
      },
      transactionSync: <T>(run: () => T): T => this.#atomically(run),
      getAlarm: async () => this.alarmAt,
      setAlarm: async (at: number) => {
        this.alarmAt = at
      },
      deleteAlarm: async () => {
        this.alarmAt = null
      },
    }
    return storage as unknown as DurableObjectStorage
  }

  #atomically<T>(run: () => T): T {
    const alarmAt = this.alarmAt
    const name = `s${this.#depth}`
    this.database.exec(`savepoint ${name}`)
    this.#depth += 1
    try {
      const value = run()
      this.database.exec(`release ${name}`)
      return value
    } catch (error) {
      this.database.exec(`rollback to ${name}; release ${name}`)
      this.alarmAt = alarmAt
      throw error
    } finally {
      this.#depth -= 1
    }
  }
}

/** A D1 database that answers at once. */
export class SqliteDirectory {
  database = new DatabaseSync(':memory:')
  #statements = new Statements(this.database)

  restore(image: Uint8Array): void {
    this.database = opened(image)
    this.#statements = new Statements(this.database)
  }

  rows(query: string, ...values: unknown[]): Row[] {
    return this.#statements.rows(query).all(...bound(values)) as Row[]
  }

  asD1(): D1Database {
    const prepare = (query: string, values: readonly unknown[] = []): unknown => ({
      bind: (...given: unknown[]) => prepare(query, given),
      run: () => this.rows(query, ...values),
    })
    const batch = async (statements: readonly { run: () => Row[] }[]) => {
      this.database.exec('begin')
      try {
        const results = statements.map((statement) => ({ results: statement.run() }))
        this.database.exec('commit')
        return results
      } catch (error) {
        this.database.exec('rollback')
        throw error
      }
    }
    return { prepare, batch } as unknown as D1Database
  }
}
