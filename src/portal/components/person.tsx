import { Address } from './address.tsx'
import { Avatar } from './avatar.tsx'
import { Name } from './name.tsx'

interface PersonProps {
  readonly name: string | null
  readonly email: string
  readonly href?: string | undefined
  /** Somebody who is not there yet, or not any more. */
  readonly muted?: boolean
}

/** Who it is, at a glance. */
export const Person = ({ name, email, href, muted = false }: PersonProps) => {
  const title = name === null ? <Address>{email}</Address> : <Name>{name}</Name>
  return (
    <span class="person">
      <Avatar name={name ?? email} size="medium" round muted={muted} />
      <span>
        {href === undefined ? (
          <span class="title">{title}</span>
        ) : (
          <a class="title" href={href}>
            {title}
          </a>
        )}
        {name !== null && (
          <span class="small">
            <Address>{email}</Address>
          </span>
        )}
      </span>
    </span>
  )
}
