import { Avatar } from '../components/avatar.tsx'
import { Icon } from '../components/icon.tsx'
import { Menu, MenuHeading, MenuLink, MenuSeparator } from '../components/menu.tsx'
import { Name } from '../components/name.tsx'
import type { Frame } from './frame.ts'

/** From one organization to another, and to a new one. */
export const Switcher = ({ frame }: { readonly frame: Frame }) => {
  const { workplace, organizations, label } = frame
  return (
    <Menu
      class="switcher"
      label={workplace === null ? `Choose: ${label.plural}` : undefined}
      summary={
        <>
          {workplace !== null && <Avatar name={workplace.name} size="small" />}
          <span class="name">{workplace === null ? label.plural : <Name>{workplace.name}</Name>}</span>
          <Icon name="updown" />
        </>
      }
    >
      {organizations.length > 0 && <MenuHeading>{label.plural}</MenuHeading>}
      {organizations.map(({ id, name, slug }) => (
        <MenuLink href={`/o/${slug}`} current={id === workplace?.id}>
          <Avatar name={name} size="small" />
          <span class="text">
            <Name>{name}</Name>
          </span>
          {id === workplace?.id && <Icon name="check" />}
        </MenuLink>
      ))}
      {organizations.length > 0 && <MenuSeparator />}
      {frame.hasMore && <MenuLink href="/organizations">Show all</MenuLink>}
      {!frame.hasMore && <MenuLink href="/organizations">Overview and invitations</MenuLink>}
      {frame.mayCreate && (
        <MenuLink href="/organizations/new" icon="plus">
          Create new
        </MenuLink>
      )}
    </Menu>
  )
}
