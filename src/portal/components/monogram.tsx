import { nameOf } from './name.tsx'

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The first character of a name, as people count characters, on a tile. */
export const Monogram = ({ name }: { name: string }) => {
  const [first] = characters.segment(nameOf(name))
  return (
    <span class="monogram" aria-hidden="true">
      {first?.segment.toUpperCase()}
    </span>
  )
}
