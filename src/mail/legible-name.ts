/*
 * Names are written by strangers: whoever owns an organization chooses what its invitations say. What leaves here is one
 * line that reads in the order it is stored, and that no mail program takes for a link.
 */

/** White space, controls, lone surrogates, and the invisible, such as bidirectional controls; emoji keep their joiners. */
const UNPRINTABLE =
  /[[\p{White_Space}\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]--[\u200C\u200D\uFE00-\uFE0F]]+/gv

const VISIBLE = /[\p{Letter}\p{Number}\p{Punctuation}\p{Symbol}]/v

/**
 * What starts an encoded word (RFC 2047). Mail programs would decode `=?utf-8?b?…?=` in a header, and show what is filtered
 * out here. With a space in between there is nothing to decode.
 */
const ENCODED_WORD_MARK = /=(?=\?)/g

/** Null when nothing of it can be seen. */
export function legibleName(text: string | null): string | null {
  const name = (text ?? '').normalize('NFC').replace(UNPRINTABLE, ' ').replace(ENCODED_WORD_MARK, '$& ').trim()
  return VISIBLE.test(name) ? name : null
}

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** At most `maxLength` UTF-16 units, cut between what people see as characters. */
export function shortName(name: string, maxLength: number): string {
  if (name.length <= maxLength) return name
  let length = 0
  for (const { segment } of characters.segment(name)) {
    if (length + segment.length >= maxLength) break
    length += segment.length
  }
  return `${name.slice(0, length).trimEnd()}…`
}

const EMAIL = /^[\w+-]+(?:\.[\w+-]+)*@[\w-]+(?:\.[\w-]+)+$/

/** What separates the parts of a web address, the dots of other scripts that browsers read as dots included. */
const SEPARATOR = /[.:/\\@\u3002\uFF0E\uFF61](?=\S)/g

const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u

/** Between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE, so that a name cannot reorder the words beside it. */
export const isolatedName = (name: string): string => (RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name)

/**
 * Mail programs make a link of anything that looks like a web address. A zero-width space behind each separator keeps
 * "evil.test" a name. E-mail addresses stay as they are, so that an inviter's can be copied.
 */
export const unlinkedName = (name: string): string =>
  name
    .split(' ')
    .map((word) => (EMAIL.test(word) ? word : word.replace(SEPARATOR, '$&\u200B')))
    .join(' ')
