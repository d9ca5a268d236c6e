import { ATTRIBUTE_TYPES, type AttributeDefinition } from '../../../membership/attributes.ts'
import { Alert } from '../../components/alert.tsx'
import { Button, ButtonLink } from '../../components/button.tsx'
import { Checkbox, SelectField, TextArea, TextField } from '../../components/field.tsx'
import { Name } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import type { FormErrors } from '../../form-errors.ts'
import { ATTRIBUTES_PATH, NEW_ATTRIBUTE, TYPE_NAMES } from './attributes-page.tsx'

/** What stands in the form. */
export interface AttributeDraft {
  readonly key: string
  readonly label: string
  readonly type: string
  /** One in each line. */
  readonly options: string
  readonly required: boolean
  readonly userEditable: boolean
}

export const EMPTY_DRAFT: AttributeDraft = {
  ...{ key: '', label: '', type: 'string', options: '', required: false, userEditable: true },
}

export const draftOf = ({ options, ...definition }: AttributeDefinition): AttributeDraft => ({
  ...definition,
  options: (options ?? []).join('\n'),
})

interface AttributeFormProps {
  readonly draft: AttributeDraft
  /** Null for a new one. */
  readonly definition: AttributeDefinition | null
  readonly errors?: FormErrors | undefined
  readonly refusal?: string | undefined
}

export const AttributeForm = ({ draft, definition, errors = {}, refusal }: AttributeFormProps) => (
  <>
    <PageHeader
      title={definition === null ? 'New attribute' : <Name>{definition.label}</Name>}
      up={{ href: ATTRIBUTES_PATH, name: 'User attributes' }}
    />
    <Panel>
      <PanelBody>
        <form class="form" method="post" action={`${ATTRIBUTES_PATH}/${definition?.key ?? NEW_ATTRIBUTE}`}>
          {refusal !== undefined && <Alert tone="bad">{refusal}</Alert>}
          <TextField
            id="label"
            label="Label"
            hint="What people are asked."
            value={draft.label}
            error={errors.label}
            maxlength={100}
            required
          />
          <Identity draft={draft} definition={definition} errors={errors} />
          {(definition === null || definition.type === 'enum') && (
            <TextArea
              id="options"
              label="Options"
              hint={`One in each line${definition === null ? '; for “One of several” only' : ''}. A value that is none of them any more is not shown.`}
              value={draft.options}
              error={errors.options}
              rows={5}
              required={definition !== null}
            />
          )}
          <Checkbox
            name="required"
            label="Required"
            hint="People who may change it themselves must have said it before they join."
            checked={draft.required}
          />
          <Checkbox
            name="user_editable"
            label="People change it themselves"
            hint="Otherwise only the operator does."
            checked={draft.userEditable}
          />
          <div class="actions">
            <Button look="primary">{definition === null ? 'Create' : 'Save'}</Button>
            <ButtonLink href={ATTRIBUTES_PATH} look="quiet">
              Cancel
            </ButtonLink>
          </div>
        </form>
      </PanelBody>
    </Panel>
  </>
)

/** What stays as it is for good. */
const Identity = ({ draft, definition, errors = {} }: Omit<AttributeFormProps, 'refusal'>) =>
  definition === null ? (
    <>
      <TextField
        id="key"
        label="Key"
        hint="What programs call it, for good: 1 to 32 of a-z, 0-9 and _, starting with a letter."
        value={draft.key}
        error={errors.key}
        maxlength={32}
        required
      />
      <SelectField
        id="type"
        label="Type"
        hint="It stays as it is for good."
        options={ATTRIBUTE_TYPES.map((type) => ({ value: type, name: TYPE_NAMES[type] }))}
        value={draft.type}
        error={errors.type}
      />
    </>
  ) : (
    <>
      <TextField id="key" label="Key" value={definition.key} readonly />
      <TextField id="type" label="Type" value={TYPE_NAMES[definition.type]} readonly />
    </>
  )
