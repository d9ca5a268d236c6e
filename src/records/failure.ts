/** The directory, or the way to an object, is down: what the platform says in messages and flags, not in types. */
export function isOutage(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause.message.startsWith('D1_')) return true
    const { retryable, overloaded } = cause as Error & { retryable?: boolean; overloaded?: boolean }
    if (retryable === true || overloaded === true) return true
  }
  return false
}

/** The frames alone: the first lines of a stack repeat the message, which may quote what people wrote. */
export const framesOf = ({ stack = '' }: Error): string => (stack.match(/^\s+at .*$/gm) ?? []).join('\n')

/** What an error says, for the log, without the values it was about: Drizzle's own messages quote every bound value. */
export function failureOf(error: unknown): string {
  let innermost = error
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause
  return String(innermost)
}
