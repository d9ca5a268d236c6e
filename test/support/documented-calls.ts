import type { Method, OpenApiDocument, Operation, Parameter } from '../../src/http/openapi/document-model.ts'

/** An operation as the description has it, and a call of it as its examples show. */
export interface DocumentedCall {
  readonly operation: Operation
  readonly method: string
  readonly path: string
  readonly parameters: readonly Parameter[]
}

export function documentedCalls({ paths, components }: OpenApiDocument): DocumentedCall[] {
  const known = ({ $ref }: { $ref: string }) => components.parameters[$ref.split('/').at(-1) ?? '']
  return Object.entries(paths).flatMap(([path, item]) =>
    (Object.entries(item) as [Method, Operation][]).map(([method, operation]) => ({
      operation,
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters.flatMap((parameter) =>
        '$ref' in parameter ? (known(parameter) ?? []) : parameter,
      ),
    })),
  )
}

export const heeds = ({ parameters }: DocumentedCall, header: string): boolean =>
  parameters.some((parameter) => parameter.in === 'header' && parameter.name === header)

/** By the prefix of ids, and `token` for that of an invitation's link. */
export type Ids = Readonly<
  Record<'org' | 'mem' | 'usr' | 'inv' | 'key' | 'opk' | 'ses' | 'idy' | 'blk' | 'token', string>
>

/** Ids of the examples stand for what is there: wherever a text has one, it gets the real one of the same kind. */
export const withIds =
  (ids: Ids) =>
  (text: string): string =>
    text
      .replace(/\bk1\.org_[\w.-]+/, ids.token)
      .replace(
        /\b(org|mem|usr|inv|key|opk|ses|idy|blk)_01h455vb4pex5vsknk084sn02q\b/g,
        (_, kind: keyof Ids) => ids[kind],
      )

/** What a world has under a name of its own. */
const OF_WORLD: Readonly<Record<string, string>> = { role: 'reader', attribute: 'unit' }

/** The path with its examples, and with every query parameter that has one. */
export function examplePath({ path, parameters }: DocumentedCall, real: (text: string) => string): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const example = parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.example
    return encodeURIComponent(OF_WORLD[name] ?? real(String(example)))
  })
  const query = parameters.flatMap(({ in: place, name, schema: { examples = [] } }) =>
    place === 'query' && examples.length > 0 ? [[name, real(String(examples[0]))]] : [],
  )
  return query.length === 0 ? filled : `${filled}?${new URLSearchParams(query)}`
}

/** The body of the example as JSON; undefined where the operation takes none. */
export function exampleBody({ operation }: DocumentedCall, real: (text: string) => string): string | undefined {
  const example = operation.requestBody?.content['application/json']?.example
  return example === undefined ? undefined : real(JSON.stringify(example))
}
