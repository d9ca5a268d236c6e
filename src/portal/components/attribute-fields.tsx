import type { AttributeDefinition, ShownAttributes } from '../../membership/attributes.ts'
import { attributeField } from '../attribute-form.ts'
import type { FormErrors } from '../form-errors.ts'
import { SelectField, TextField } from './field.tsx'

interface AttributeFieldsProps {
  readonly definitions: readonly AttributeDefinition[]
  readonly values: ShownAttributes
  /** What was typed, where it could not be taken. */
  readonly typed?: ((field: string) => string) | undefined
  readonly errors?: FormErrors | undefined
}

/** One field for everything that the product wants to know and people may say themselves. */
export const AttributeFields = ({ definitions, values, typed, errors = {} }: AttributeFieldsProps) => (
  <>
    {definitions.map((definition) => {
      const id = attributeField(definition)
      const value = typed?.(id) ?? String(values[definition.key] ?? '')
      return <AttributeField definition={definition} value={value} error={errors[id]} />
    })}
  </>
)

interface AttributeFieldProps {
  readonly definition: AttributeDefinition
  readonly value: string
  readonly error: string | undefined
}

const AttributeField = ({ definition, value, error }: AttributeFieldProps) => {
  const { label, type, options, required } = definition
  const field = { id: attributeField(definition), label, value, error, required }
  switch (type) {
    case 'string':
      return <TextField {...field} maxlength={500} />
    case 'number':
      return <TextField {...field} inputmode="decimal" />
    case 'date':
      return <TextField {...field} type="date" />
    case 'boolean':
      return (
        <SelectField {...field} options={[UNSAID, { value: 'true', name: 'Yes' }, { value: 'false', name: 'No' }]} />
      )
    case 'enum':
      return <SelectField {...field} options={[UNSAID, ...(options ?? []).map((name) => ({ value: name, name }))]} />
  }
}

const UNSAID = { value: '', name: 'Choose…' }
