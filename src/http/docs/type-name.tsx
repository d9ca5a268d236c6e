import type { JsonSchema } from '../openapi/document-model.ts'
import { lastPart } from './operations-by-tag.ts'

/** What may stand there, in a few words; named schemas are links. */
export const TypeName = ({ schema }: { readonly schema: JsonSchema }) => {
  const { $ref, anyOf, items } = schema
  if ($ref !== undefined) return <a href={`#schema-${lastPart({ $ref })}`}>{lastPart({ $ref })}</a>
  if (anyOf !== undefined) return <Union options={anyOf} />
  if (items !== undefined) {
    return (
      <>
        array of <TypeName schema={items} />
      </>
    )
  }
  return <>{plainType(schema)}</>
}

const Union = ({ options }: { readonly options: readonly JsonSchema[] }) => (
  <>
    {options.map((option, index) => (
      <>
        {index === 0 ? '' : ' or '}
        <TypeName schema={option} />
      </>
    ))}
  </>
)

function plainType(schema: JsonSchema): string {
  const { type, format, enum: values } = schema
  if ('const' in schema) return JSON.stringify(schema.const)
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(' or ')
  const name = Array.isArray(type) ? type.join(' or ') : String(type ?? 'anything')
  return [name, format, limits(schema)].filter(Boolean).join(', ')
}

function limits({ minimum, maximum, minLength, maxLength }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`
  if (minimum !== undefined) return `at least ${minimum}`
  if (maxLength === undefined) return ''
  return `${minLength === undefined ? 'at most' : `${minLength} to`} ${maxLength} characters`
}
