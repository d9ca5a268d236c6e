/*
 * JSON that says everything once. A member that is named twice means different things to different parsers, so a proxy or a
 * log could see another value than Muster does. RFC 8259 (section 4) calls the behaviour unpredictable; RFC 7515 and RFC 7519
 * (section 4 of both) let a parser refuse it.
 */

/** The value of the text; undefined when the text is not JSON, or names a member of an object twice. */
export function parseStrictJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return membersOf(value) === membersIn(text) ? value : undefined
  } catch {
    return undefined
  }
}

/** The same for an object; null for any other text. */
export function parseStrictObject(text: string): Record<string, unknown> | null {
  const value = parseStrictJson(text)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}

/** How many members the objects inside have. Without recursion: a body may be nested as deep as it is long. */
function membersOf(value: unknown): number {
  let members = 0
  const rest: object[] = isObject(value) ? [value] : []
  for (let object = rest.pop(); object !== undefined; object = rest.pop()) {
    const values: unknown[] = Array.isArray(object) ? object : Object.values(object)
    if (!Array.isArray(object)) members += values.length
    for (const inner of values) if (isObject(inner)) rest.push(inner)
  }
  return members
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const [QUOTE, COLON, BACKSLASH] = [0x22, 0x3a, 0x5c]

/** In valid JSON each colon outside of a string belongs to one member. */
function membersIn(text: string): number {
  let members = 0
  let isInString = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) isInString = !isInString
    else if (isInString && code === BACKSLASH) at += 1
    else if (!isInString && code === COLON) members += 1
  }
  return members
}
