import { MAX_BULK_ROWS } from '../../../membership/invitation.ts'
import { type Outlook, rolesToGive } from '../../../membership/offers.ts'
import { Button, ButtonLink } from '../../components/button.tsx'
import { Checkbox, SelectField, TextArea, TextField } from '../../components/field.tsx'
import { nameOf } from '../../components/name.tsx'
import { Panel } from '../../components/panel.tsx'
import { InviteFrame } from './invite-frame.tsx'
import type { Wish } from './wish.ts'

interface InviteFormProps {
  /** The address of the organization's pages. */
  readonly home: string
  readonly outlook: Outlook
  readonly wish: Wish
  /** About the addresses. */
  readonly error?: string | null | undefined
}

export const InviteForm = ({ home, outlook, wish, error }: InviteFormProps) => (
  <InviteFrame home={home} outlook={outlook} way="addresses">
    <Panel>
      <form class="form body" method="post" action={`${home}/members/invite`}>
        <TextArea
          id="addresses"
          label="Email addresses"
          hint={`One or many, up to ${MAX_BULK_ROWS.toLocaleString('en')}: typed, or pasted from a mail or a spreadsheet. Names are kept.`}
          placeholder={'Ann Lee <ann@example.com>, bob@example.com'}
          rows={5}
          required
          value={wish.addresses}
          error={error}
        />
        <RoleField outlook={outlook} role={wish.role} />
        <TextField
          id="name"
          label="Name"
          hint="If you invite one person: how the mail addresses them."
          required={false}
          value={wish.name}
          maxlength={200}
        />
        <Checkbox
          name="without_mail"
          label="Send no mail"
          hint="For one person: you get a link to hand over yourself."
          checked={wish.withoutMail}
        />
        <Actions home={home} />
      </form>
    </Panel>
  </InviteFrame>
)

export const RoleField = ({ outlook, role }: { readonly outlook: Outlook; readonly role: string }) => (
  <SelectField
    id="role"
    label="Role"
    options={rolesToGive(outlook, 'invitee').map(({ key, name }) => ({ value: key, name: nameOf(name) }))}
    value={role}
  />
)

/** Nothing is sent yet. */
export const Actions = ({ home }: { readonly home: string }) => (
  <div class="actions">
    <Button look="primary">Preview</Button>
    <ButtonLink href={`${home}/members`}>Cancel</ButtonLink>
  </div>
)
