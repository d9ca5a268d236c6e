import { Avatar } from '../components/avatar.tsx'
import { Menu, MenuAction, MenuHeading, MenuLink, MenuSeparator } from '../components/menu.tsx'
import { Name } from '../components/name.tsx'
import type { Visitor } from '../environment.ts'

export const AccountMenu = ({ visitor: { user } }: { readonly visitor: Visitor }) => {
  const name = user.name ?? user.email
  return (
    <Menu end bare label={`Account of ${user.email}`} summary={<Avatar name={name} size="medium" round />}>
      <MenuHeading>
        {user.name !== null && (
          <strong>
            <Name>{user.name}</Name>
          </strong>
        )}
        {user.email}
      </MenuHeading>
      <MenuSeparator />
      <MenuLink href="/account" icon="person">
        My account
      </MenuLink>
      <MenuAction action="/sign-out" icon="leave">
        Sign out
      </MenuAction>
    </Menu>
  )
}
