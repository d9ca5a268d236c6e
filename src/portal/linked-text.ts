export interface Piece {
  readonly text: string
  readonly isLink: boolean
}

/** Cuts a text at the links that are known to be in it. */
export function splitByLinks(text: string, links: readonly string[]): Piece[] {
  const longestFirst = [...new Set(links)].filter((link) => link !== '').sort((a, b) => b.length - a.length)
  return longestFirst.reduce<Piece[]>(
    (pieces, link) => pieces.flatMap((piece) => cut(piece, link)),
    [{ text, isLink: false }],
  )
}

function cut(piece: Piece, link: string): Piece[] {
  if (piece.isLink) return [piece]
  const between = piece.text.split(link).map((text) => ({ text, isLink: false }))
  return between.flatMap((part, index) => (index === 0 ? [part] : [{ text: link, isLink: true }, part]))
}
