/** The tables that the relay brings to the directory, by their SQL names. */
export const RELAYED_TABLES = ['organizations', 'members', 'invitations', 'roles', 'api_keys'] as const
export type RelayedTable = (typeof RELAYED_TABLES)[number]

/** A batch on its way from an organization's object to the directory. */
export interface Projection {
  readonly organizationId: string
  /** As text (`jsonRow`), which SQLite makes on one side and reads on the other. */
  readonly rows: { readonly [table in RelayedTable]: readonly string[] }
  /** The ledger's version when the rows were read, and up to which version the directory has everything afterwards. */
  readonly headVersion: number
  readonly projectedVersion: number
  /** The batch has no rows up to this version, because the directory has had them. */
  readonly fromVersion: number
  /** The organization's revision when the rows were read. */
  readonly revision: number
  /** The last entry of the log when the rows were read. */
  readonly logHead: LogEntryHash
  /** Since when mails of the organization wait that cannot be handed to the queue, in epoch milliseconds. Null: none do. */
  readonly mailWaitingSince: number | null
}

/** The directory's answer once a projection is written. */
export interface Projected {
  /**
   * Up to which version the directory had the organization before this projection; null: nothing of it. Less than the
   * projection's `fromVersion`: the directory was restored to an earlier time.
   */
  readonly knownVersion: number | null
}

/** Rewriting the log goes unnoticed only among the last so many entries, until the next one is projected. */
const ENTRIES_PER_CHECKPOINT = 20
/** Of the checkpoints of a block the first one stays. */
export const blockOf = (seq: number): number => Math.floor(seq / ENTRIES_PER_CHECKPOINT)

/** An entry of the log and its hash. */
export interface LogEntryHash {
  readonly seq: number
  readonly hash: string
}
