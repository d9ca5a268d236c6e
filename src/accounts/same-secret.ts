const encoder = new TextEncoder()

/** In constant time for whatever has the right length, which is no secret. */
export function sameSecret(given: string, expected: string): boolean {
  if (given.length !== expected.length) return false
  const [one, other] = [encoder.encode(given), encoder.encode(expected)]
  return one.byteLength === other.byteLength && crypto.subtle.timingSafeEqual(one, other)
}
