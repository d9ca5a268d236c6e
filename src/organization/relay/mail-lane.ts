import type { OrganizationMessage } from '../../contract/mail-message.ts'
import { BYTES_PER_CALL, MESSAGES_PER_CALL } from '../parcels.ts'
import type { Lane } from './lane.ts'

export interface MailLaneDependencies {
  readonly storage: DurableObjectStorage
  readonly enqueue: (messages: readonly OrganizationMessage[]) => Promise<void>
}

/** Calls of the queue under way together; a worker may have six connections open (limit of the platform). */
const CALLS_AT_ONCE = 5

/** What goes to the queue in one call: whole rows of the outbox, up to `last`. */
interface QueueCall {
  readonly messages: OrganizationMessage[]
  bytes: number
  last: number
}

/** Brings the rows of the outbox to the mail queue, in their order. */
export class MailLane implements Lane {
  readonly name = 'mail'
  readonly #dependencies: MailLaneDependencies
  /** The queue has all rows up to this id; rows of the outbox keep their ids for ever and go up only. */
  #taken = 0
  #deleted = 0

  constructor(dependencies: MailLaneDependencies) {
    this.#dependencies = dependencies
  }

  load(): void {
    this.#taken = 0
    this.#deleted = 0
  }

  isBehind(): boolean {
    const { sql } = this.#dependencies.storage
    return sql.exec('select 1 from outbox where id > ? limit 1', this.#taken).toArray().length > 0
  }

  /** Messages before a failed call are not sent again. An answer that comes late counts too. */
  async step(): Promise<boolean> {
    const { calls, more } = this.#waiting()
    const results = await Promise.allSettled(calls.map(({ messages }) => this.#dependencies.enqueue(messages)))
    const failed = results.find((result) => result.status === 'rejected')
    const taken = failed === undefined ? calls.at(-1) : calls[results.indexOf(failed) - 1]
    this.#taken = Math.max(this.#taken, taken?.last ?? 0)
    if (failed !== undefined) throw failed.reason
    return more
  }

  hasProgress(): boolean {
    return this.#taken > this.#deleted
  }

  writeProgress(): () => void {
    const taken = this.#taken
    this.#dependencies.storage.sql.exec('delete from outbox where id <= ?', taken)
    return () => {
      this.#deleted = taken
    }
  }

  /** The first rows that wait, by calls that are as full as the queue takes them. */
  #waiting(): { calls: readonly QueueCall[]; more: boolean } {
    const calls: QueueCall[] = []
    const rows = this.#dependencies.storage.sql.exec<{ id: number; messages: string }>(
      'select id, messages from outbox where id > ? order by id',
      this.#taken,
    )
    for (const row of rows) {
      const messages = JSON.parse(row.messages) as OrganizationMessage[]
      const bytes = Buffer.byteLength(row.messages)
      const call = calls.at(-1)
      if (call !== undefined && fits(call, messages, bytes)) {
        call.messages.push(...messages)
        call.bytes += bytes
        call.last = row.id
      } else if (calls.length === CALLS_AT_ONCE) {
        return { calls, more: true }
      } else {
        calls.push({ messages, bytes, last: row.id })
      }
    }
    return { calls, more: false }
  }
}

const fits = (call: QueueCall, messages: readonly OrganizationMessage[], bytes: number): boolean =>
  call.messages.length + messages.length <= MESSAGES_PER_CALL && call.bytes + bytes <= BYTES_PER_CALL
