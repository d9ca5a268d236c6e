/** In constant time for whatever has the right length, which is no secret. */
export function sameSecret(given: string, expected: string): boolean {
  if (given.length !== expected.length) return false
  let difference = 0
  for (let i = 0; i < given.length; i += 1) difference |= given.charCodeAt(i) ^ expected.charCodeAt(i)
  return difference === 0
}
