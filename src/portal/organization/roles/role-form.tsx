import type { Role } from '../../../membership/roles.ts'
import { Alert } from '../../components/alert.tsx'
import { Button, ButtonLink } from '../../components/button.tsx'
import { Choices, TextArea, TextField } from '../../components/field.tsx'
import { Name } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import type { FormErrors } from '../../form-errors.ts'
import { grantableInRole } from '../../permission-text.ts'
import type { Workplace } from '../../workplace.ts'

/** As somebody typed it. */
export interface RoleDraft {
  readonly key: string
  readonly name: string
  readonly description: string
  readonly permissions: readonly string[]
}

interface RoleFormProps {
  readonly workplace: Workplace
  readonly draft: RoleDraft
  readonly role: Role | undefined
  readonly errors: FormErrors
  readonly refusal: string | undefined
}

export const RoleForm = ({ workplace, draft, role, errors, refusal }: RoleFormProps) => {
  const list = `${workplace.path}/roles`
  return (
    <>
      <PageHeader
        title={role === undefined ? 'New role' : <Name>{role.name}</Name>}
        up={{ href: list, name: 'Roles' }}
      />
      <Panel>
        <PanelBody>
          <form method="post" action={role === undefined ? list : `${list}/${role.key}`} class="form">
            {refusal !== undefined && <Alert tone="bad">{refusal}</Alert>}
            <TextField id="name" label="Name" value={draft.name} maxlength={100} required error={errors.name} />
            {role === undefined && (
              <TextField
                id="key"
                label="Key"
                value={draft.key}
                maxlength={32}
                required
                error={errors.key}
                hint="What programs call it, as in auditor: 2 to 32 of a-z, 0-9, - and _. It stays as it is for good."
              />
            )}
            <TextArea
              id="description"
              label="Description"
              value={draft.description}
              maxlength={500}
              rows={2}
              required={false}
              error={errors.description}
            />
            <Choices
              name="permissions"
              legend="Whoever has this role can"
              options={grantableInRole(workplace.may)}
              chosen={draft.permissions}
              multiple
              error={errors.permissions}
            />
            <div class="actions">
              <Button look="primary">{role === undefined ? 'Create role' : 'Save changes'}</Button>
              <ButtonLink href={list}>Cancel</ButtonLink>
            </div>
          </form>
        </PanelBody>
      </Panel>
    </>
  )
}
