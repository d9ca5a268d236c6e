/** A queue takes so many messages in one call (limit of the platform). */
export const MESSAGES_PER_CALL = 100
/** And together 256 KB, of which this leaves some to the queue's own account of each message. */
export const BYTES_PER_CALL = 200_000

/** Messages as texts that one call each takes: JSON arrays, all of them in order. A message has 4 KB at most. */
export function parcels(messages: readonly object[]): string[] {
  if (messages.length === 0) return []
  if (messages.length <= MESSAGES_PER_CALL) {
    const text = JSON.stringify(messages)
    if (Buffer.byteLength(text) <= BYTES_PER_CALL || messages.length === 1) return [text]
  }
  const half = Math.min(MESSAGES_PER_CALL, Math.ceil(messages.length / 2))
  return [...parcels(messages.slice(0, half)), ...parcels(messages.slice(half))]
}
