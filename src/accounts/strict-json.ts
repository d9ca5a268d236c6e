/**
 * A JSON object that says everything once; null for any other text. A member that is named twice means different things
 * to different parsers, so RFC 7515 and RFC 7519 (section 4 of both) let a parser refuse it, and RFC 8725 wants no doubt.
 */
export function parseStrictJson(text: string): Record<string, unknown> | null {
  let kept = 0
  try {
    const value: unknown = JSON.parse(text, function (this: unknown, _name, member: unknown) {
      if (!Array.isArray(this)) kept += 1
      return member
    })
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    // The whole has been counted as a member, too.
    return isObject && kept - 1 === membersIn(text) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

const STRINGS = /"(?:[^"\\]|\\.)*"/g

/** In valid JSON each colon outside of a string belongs to one member. */
const membersIn = (text: string): number => text.replace(STRINGS, '').split(':').length - 1
