/** What a stretch of an index holds for cron, and where the next stretch begins. Null: there is none. */
export interface Candidates<T> {
  readonly found: readonly T[]
  readonly next: string | null
}
