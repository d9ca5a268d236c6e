import { firstCharacter } from './monogram.tsx'

interface AvatarProps {
  readonly name: string
  readonly size: 'small' | 'medium'
  /** People are round, organizations are not. */
  readonly round?: boolean
  /** Somebody who is not there yet, or not any more. */
  readonly muted?: boolean
}

/** The first character of a name, beside the name itself. */
export const Avatar = ({ name, size, round = false, muted = false }: AvatarProps) => (
  <span class={['monogram', size, round && 'round', muted && 'muted'].filter(Boolean).join(' ')} aria-hidden="true">
    {firstCharacter(name)}
  </span>
)
