/** What an error says, for the log, without the values it was about: Drizzle's own messages quote every bound value. */
export function failureOf(error: unknown): string {
  let innermost = error
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause
  return String(innermost)
}
