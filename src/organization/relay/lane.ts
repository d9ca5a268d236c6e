/** Where commits lead to: each destination has a lane of its own, and so has work that the object owes itself. */
export const LANES = ['directory', 'mail', 'endings'] as const
export type LaneName = (typeof LANES)[number]

/**
 * Brings what was committed to one destination, at least once. How far a lane has come is kept in memory; `writeProgress`
 * brings that into storage. What memory loses is sent again.
 */
export interface Lane {
  readonly name: LaneName
  /** From storage; forgets what memory knows. `isUnfinished`: work was under way when the object left memory. */
  load(isUnfinished: boolean): void
  /** Is anything committed that has not arrived? */
  isBehind(): boolean
  /** One bounded piece of the work. Rejects if the destination fails. True: the next piece may follow at once. */
  step(): Promise<boolean>
  /** Does memory know of progress that storage does not? */
  hasProgress(): boolean
  /** Inside a transaction. The function it returns is to be called once that is committed. */
  writeProgress(): () => void
}
