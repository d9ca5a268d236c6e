import type { MediaType, OpenApiDocument, Operation, ResponseObject } from '../openapi/document-model.ts'
import { curlOf } from './curl.ts'
import { Parameters, Properties } from './field-list.tsx'
import { type Listed, lastPart, parameterOf } from './operations-by-tag.ts'
import { asJson, Code, Prose } from './prose.tsx'
import { TypeName } from './type-name.tsx'

interface Props {
  readonly operation: Listed
  readonly document: OpenApiDocument
  readonly origin: string
}

export const OperationSection = ({ operation, document, origin }: Props) => {
  const { operationId, summary, description, method, path } = operation
  return (
    <article class="operation" id={operationId}>
      <h3>
        <a href={`#${operationId}`}>{summary}</a>
      </h3>
      <p class="address">
        <Method name={method} /> <code>{path}</code>
      </p>
      <div class="columns">
        <div class="facts">
          {description === undefined ? null : (
            <p>
              <Prose text={description} />
            </p>
          )}
          <Permission operation={operation} />
          <RequestFacts operation={operation} document={document} />
          <Answers operation={operation} document={document} />
        </div>
        <div class="examples">
          <Code label="Request" text={curlOf(operation, document, origin)} />
          <CsvExample operation={operation} />
          <AnswerExamples operation={operation} />
        </div>
      </div>
    </article>
  )
}

export const Method = ({ name }: { readonly name: string }) => (
  <span class={`method ${name.toLowerCase()}`}>{name}</span>
)

const ONLY_FOR: Readonly<Record<string, string>> = {
  operator: 'Only for the operator.',
  'operator:root': 'Only with the root key of the deployment.',
  session: 'Only with the token of a session.',
  user: 'Only for people, or for the operator on behalf of one.',
}

const Permission = ({ operation }: { readonly operation: Operation }) => {
  const permission = operation['x-permission']
  if (permission === undefined) return null
  return (
    <p class="permission">
      {ONLY_FOR[permission] ?? (
        <>
          Takes <code>{permission}</code>.
        </>
      )}
    </p>
  )
}

const RequestFacts = ({ operation, document }: Omit<Props, 'origin'>) => {
  const parameters = operation.parameters.flatMap((parameter) => parameterOf(parameter, document) ?? [])
  const [headers, others] = [true, false].map((isHeader) =>
    parameters.filter((parameter) => (parameter.in === 'header') === isHeader),
  )
  const body = operation.requestBody?.content['application/json']?.schema
  const schema = body?.$ref === undefined ? body : document.components.schemas[lastPart({ $ref: body.$ref })]
  return (
    <>
      {others === undefined || others.length === 0 ? null : (
        <>
          <h4>Parameters</h4>
          <Parameters parameters={others} />
        </>
      )}
      {schema === undefined ? null : (
        <>
          <h4>Body</h4>
          <Properties schema={schema} />
        </>
      )}
      <h4>Headers</h4>
      <ul class="headers">
        {headers?.map(({ name }) => (
          <li>
            <a href={`#header-${name}`}>
              <code>{name}</code>
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}

const Answers = ({ operation, document }: Omit<Props, 'origin'>) => (
  <>
    <h4>Answers</h4>
    <dl class="answers">
      {Object.entries(operation.responses).map(([status, response]) => (
        <div>
          <dt class={Number(status) < 400 ? 'success' : 'refusal'}>{status}</dt>
          <dd>
            <AnswerLine
              response={'$ref' in response ? document.components.responses[lastPart(response)] : response}
              isRefusal={Number(status) >= 400}
            />
          </dd>
        </div>
      ))}
    </dl>
  </>
)

const AnswerLine = ({
  response,
  isRefusal,
}: {
  readonly response: ResponseObject | undefined
  readonly isRefusal: boolean
}) => {
  const content = response?.content ?? {}
  if (isRefusal) return <Codes media={content['application/problem+json']} />
  return (
    <>
      {response?.description}{' '}
      {Object.entries(content).map(([type, { schema }]) => (
        <span class="type">{schema.$ref === undefined ? `${type} ` : <TypeName schema={schema} />}</span>
      ))}
    </>
  )
}

const Codes = ({ media }: { readonly media: MediaType | undefined }) => (
  <ul class="codes">
    {Object.keys(media?.examples ?? {}).map((code) => (
      <li>
        <a href={`#problem-${code}`}>
          <code>{code}</code>
        </a>
      </li>
    ))}
  </ul>
)

const CsvExample = ({ operation }: { readonly operation: Operation }) => {
  const example = operation.requestBody?.content['text/csv']?.example
  return example === undefined ? null : <Code label="Body as text/csv" text={String(example)} />
}

const AnswerExamples = ({ operation }: { readonly operation: Operation }) => (
  <>
    {Object.entries(operation.responses).flatMap(([status, response]) =>
      '$ref' in response || Number(status) >= 400
        ? []
        : Object.entries(response.content ?? {})
            .filter(([, { example }]) => example !== undefined)
            .map(([type, { example }]) => <Code label={`${status} ${type}`} text={asJson(example)} />),
    )}
  </>
)
