import type { Outlook } from '../../../membership/offers.ts'
import { FileField } from '../../components/field.tsx'
import { Panel } from '../../components/panel.tsx'
import { Actions, RoleField } from './invite-form.tsx'
import { InviteFrame } from './invite-frame.tsx'

interface FileFormProps {
  /** The address of the organization's pages. */
  readonly home: string
  readonly outlook: Outlook
  readonly role: string
  /** What is wrong with the file, one thing after the other. */
  readonly errors?: readonly string[]
}

export const FileForm = ({ home, outlook, role, errors = [] }: FileFormProps) => (
  <InviteFrame home={home} outlook={outlook} way="file">
    <Panel>
      <form class="form body" method="post" action={`${home}/members/invite/file`} enctype="multipart/form-data">
        <FileField
          id="file"
          label="CSV file"
          accept=".csv,.tsv,.txt,text/csv"
          required
          hint={
            <>
              With a header: <code>email</code>, and if you like <code>role</code> and <code>name</code>. As
              spreadsheets save it.
            </>
          }
          error={errors[0]}
        />
        {errors.length > 1 && (
          <ul class="errors">
            {errors.slice(1).map((error) => (
              <li>{error}</li>
            ))}
          </ul>
        )}
        <RoleField outlook={outlook} role={role} />
        <p class="hint">For rows that name no role.</p>
        <Actions home={home} />
      </form>
    </Panel>
  </InviteFrame>
)
