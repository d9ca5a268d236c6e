import type { MemberStatus } from '../../../membership/member.ts'
import { memberOffers, type Outlook, rolesToGive } from '../../../membership/offers.ts'
import { Button } from '../../components/button.tsx'
import { type Option, Select } from '../../components/field.tsx'
import { Name, nameOf } from '../../components/name.tsx'

interface RoleFormProps {
  /** The address of the person's page. */
  readonly path: string
  readonly person: { readonly name: string; readonly role: string; readonly status: MemberStatus }
  readonly outlook: Outlook
  /** Not to be changed here, whoever looks: an invitation's, or one's own. */
  readonly fixed: boolean
}

/** The role, and where one may, the choice of another. With the script, the button shows once another is chosen. */
export const RoleForm = ({ path, person, outlook, fixed }: RoleFormProps) => {
  if (fixed || memberOffers(person, outlook).changeRole !== null) {
    return <Name>{roleNamed(person.role, outlook)}</Name>
  }
  return (
    <form class="role-form" method="post" action={`${path}/role`} autocomplete="off">
      <Select
        name="role"
        aria-label={`Role of ${nameOf(person.name)}`}
        options={roleOptions(person.role, outlook)}
        value={person.role}
      />
      <span class="save">
        <Button small>Save</Button>
      </span>
    </form>
  )
}

/** What can be given, and what they have. */
function roleOptions(present: string, outlook: Outlook): Option[] {
  const given = rolesToGive(outlook, 'member')
  const known = outlook.roles.filter((role) => given.includes(role) || role.key === present)
  const options = known.map(({ key, name }) => ({ value: key, name: nameOf(name) }))
  return options.some(({ value }) => value === present) ? options : [...options, { value: present, name: present }]
}

export const roleNamed = (key: string, { roles }: Pick<Outlook, 'roles'>): string =>
  roles.find((role) => role.key === key)?.name ?? key
