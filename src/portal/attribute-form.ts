import {
  type AttributeChanges,
  type AttributeDefinition,
  type AttributeValue,
  checkedAttributes,
  type NamedAttributes,
  valueFromText,
} from '../membership/attributes.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import type { FormFields } from './form-body.ts'
import type { FormErrors } from './form-errors.ts'

/** What the field of an attribute is called. */
export const attributeField = ({ key }: Pick<AttributeDefinition, 'key'>): string => `attributes.${key}`

/** What the form says of a person, as it is kept; or what is wrong, by field. An empty field takes the value away. */
export function attributesFromForm(
  definitions: readonly AttributeDefinition[],
  form: FormFields,
): Result<AttributeChanges, FormErrors> {
  const { named, errors } = namedFromForm(definitions, form)
  const checked = checkedAttributes(definitions, named, { by: 'user' })
  if (!checked.ok) for (const { path, message } of checked.error.errors) errors[path] ??= message
  return checked.ok && Object.keys(errors).length === 0 ? checked : refuse(errors)
}

interface Read {
  /** By key; null stands for an empty field. */
  readonly named: NamedAttributes
  /** Of the fields that cannot be read as what their definitions ask for. */
  readonly errors: Record<string, string>
}

/** What the form says of a person, as they said it. */
export function namedFromForm(definitions: readonly AttributeDefinition[], form: FormFields): Read {
  const named: Record<string, AttributeValue | null> = {}
  const errors: Record<string, string> = {}
  for (const definition of definitions) {
    const text = form.text(attributeField(definition))
    const value = text === '' ? ok(null) : valueFromText(definition, text)
    if (value.ok) named[definition.key] = value.value
    else errors[attributeField(definition)] = value.error
  }
  return { named, errors }
}
