import type { JsonSchema, Parameter } from '../openapi/document-model.ts'
import { Prose } from './prose.tsx'
import { TypeName } from './type-name.tsx'

interface Field {
  readonly name: string
  readonly note?: string
  readonly description?: string | undefined
  readonly schema: JsonSchema
}

const FieldList = ({ fields }: { readonly fields: readonly Field[] }) => (
  <dl class="fields">
    {fields.map(({ name, note, description, schema }) => (
      <div>
        <dt>
          <code>{name}</code> {note === undefined ? null : <span class="note">{note}</span>}
        </dt>
        <dd>
          <span class="type">
            <TypeName schema={schema} />
            {'default' in schema && schema.default !== null ? `; ${defaultOf(schema)} by default` : ''}
          </span>
          {description === undefined ? null : (
            <p>
              <Prose text={description} />
            </p>
          )}
        </dd>
      </div>
    ))}
  </dl>
)

const defaultOf = ({ default: value }: JsonSchema): string =>
  Array.isArray(value) ? value.join(',') : JSON.stringify(value)

/** The fields of an object. */
export const Properties = ({ schema }: { readonly schema: JsonSchema }) => {
  const { properties = {}, required = [] } = schema
  const fields = Object.entries(properties).map(([name, property]) => ({
    name,
    ...(required.includes(name) ? {} : { note: 'optional' }),
    description: property.description,
    schema: property,
  }))
  return <FieldList fields={fields} />
}

export const Parameters = ({ parameters }: { readonly parameters: readonly Parameter[] }) => (
  <FieldList fields={parameters.map((parameter) => ({ ...parameter, note: parameter.in }))} />
)
