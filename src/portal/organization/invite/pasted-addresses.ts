/*
 * Addresses as people paste them: from a mail client (`Ann Lee <ann@x.test>, bob@x.test; "Fox, Cat" <cat@x.test>`), from the
 * cells of a spreadsheet, or typed one per line. Pure. Nothing that could have been meant as an address is dropped: what
 * is none comes out as it stands, for the preview to say so.
 */

export interface Pasted {
  /** As it was written; whether it is an address shows later. */
  readonly email: string
  readonly name: string | null
}

/** As long as rows may be. */
const MAX_ADDRESS = 1000
const MAX_NAME = 200
/** No name is written with that much around it. */
const MAX_TEXT = 1000

export const pastedAddresses = (text: string): Pasted[] =>
  text.toWellFormed().split(LINE_END).flatMap(addressesInLine).map(cut)

const LINE_END = /\r\n|[\n\r\u2028\u2029]/

/** Between separators, where neither quotes nor angle brackets hold it together. */
const CELL = /(?:"[^"]*"|<[^<>]*>|[^,;\t])+/g
const BETWEEN_SEMICOLONS = /(?:"[^"]*"|<[^<>]*>|[^;])+/g

type Cell =
  | { readonly kind: 'address'; readonly email: string; readonly name: string | null; readonly bracketed: boolean }
  | { readonly kind: 'text'; readonly text: string }

type Address = Extract<Cell, { kind: 'address' }>

const isAddress = (cell: Cell): cell is Address => cell.kind === 'address'

/**
 * Where a line has one address, the words beside it are its name. Where it has several, semicolons part them, so that a
 * comma may stand within a name (`Lee, Ann <ann@x.test>; …`).
 */
function addressesInLine(line: string): Pasted[] {
  const parts = (line.match(BETWEEN_SEMICOLONS) ?? []).map((part) => (part.match(CELL) ?? []).flatMap(cellsOf))
  const cells = parts.flat()
  return cells.filter(isAddress).length === 1 ? together(cells) : parts.flatMap(together)
}

function cellsOf(text: string): Cell[] {
  const cell = text.trim()
  const bracket = cell.endsWith('>') ? cell.lastIndexOf('<') : -1
  const before = bracket < 0 ? cell : cell.slice(0, bracket)
  const beside = wordsOf(before)
  const addresses = beside.filter(hasAddress)
  const name = nameIn(beside.filter((word) => !hasAddress(word)).join(' '))
  if (bracket < 0) {
    if (addresses.length === 0) return cell === '' ? [] : [{ kind: 'text', text: cell }]
    const only = addresses.length === 1 ? name : null
    return addresses.map((word) => ({ kind: 'address', email: bareAddress(word), name: only, bracketed: false }))
  }
  // Mail clients write the address as the name of whom they know no other of.
  const email = bareAddress(cell.slice(bracket + 1, -1))
  const others = addresses.map(bareAddress).filter((other) => other !== email)
  return [
    ...others.map((other) => ({ kind: 'address', email: other, name: null, bracketed: false }) as const),
    ...(email === '' && others.length > 0 ? [] : [{ kind: 'address', email, name, bracketed: true } as const]),
  ]
}

const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')
const hasAddress = (word: string): boolean => word.includes('@')

/** Texts go to the address that they stand beside, where it is plain which one that is; else they stand alone. */
function together(cells: readonly Cell[]): Pasted[] {
  const addresses = cells.filter(isAddress)
  const [only] = addresses
  if (only !== undefined && addresses.length === 1) {
    const texts = cells.flatMap((cell) => (cell.kind === 'text' ? cell.text : []))
    return [{ email: only.email, name: nameOf(texts, only) }]
  }
  return cells.flatMap((cell, index) => {
    const next = cells[index + 1]
    if (cell.kind === 'text') return isName(next) ? [] : [{ email: cell.text, name: null }]
    const before = cells[index - 1]
    const texts = before?.kind === 'text' && cell.bracketed ? [before.text] : []
    return [{ email: cell.email, name: nameOf(texts, cell) }]
  })
}

/** Does the text before this belong to it, as in `Lee, Ann <ann@x.test>`? */
const isName = (cell: Cell | undefined): boolean => cell !== undefined && isAddress(cell) && cell.bracketed

const nameOf = (texts: readonly string[], { name }: Address): string | null =>
  nameIn(name === null ? texts.join(' ') : [...texts, name].join(', '))

/** Without the marks around an address that are none of it. */
const bareAddress = (text: string): string =>
  text
    .trim()
    .slice(0, MAX_ADDRESS)
    .replace(/^mailto:/i, '')
    .replace(/^["'(<[]+/, '')
    .replace(/["')>\].:]+$/, '')

/** Quotes around it and marks of lists before it are no part of a name; without a letter it is none. */
function nameIn(text: string): string | null {
  if (text.length > MAX_TEXT) return null
  const name = text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
    .replace(/^(?:[-*•–]|\d+[.)])\s+/, '')
    .trim()
  return /\p{L}/u.test(name) && name.length <= MAX_NAME ? name : null
}

const cut = ({ email, name }: Pasted): Pasted => ({ email: email.slice(0, MAX_ADDRESS).toWellFormed(), name })
