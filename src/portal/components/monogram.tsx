import { nameOf } from './name.tsx'

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** As people count characters. */
export function firstCharacter(name: string): string {
  const [first] = characters.segment(nameOf(name))
  return first?.segment.toUpperCase() ?? ''
}

/** The first character of a name, on a tile. */
export const Monogram = ({ name }: { name: string }) => (
  <span class="monogram" aria-hidden="true">
    {firstCharacter(name)}
  </span>
)
