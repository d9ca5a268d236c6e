import type { Method, OpenApiDocument, Operation, Parameter, Reference } from '../openapi/document-model.ts'

export interface Listed extends Operation {
  readonly method: string
  readonly path: string
}

export interface Chapter {
  readonly name: string
  readonly id: string
  readonly description: string
  readonly operations: readonly Listed[]
}

/** The operations under their tags, in the order of these; tags without any are left out. */
export function chaptersOf({ paths, tags }: OpenApiDocument): Chapter[] {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    (Object.entries(item) as [Method, Operation][]).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  )
  return tags
    .map(({ name, description }) => ({
      name,
      id: name.toLowerCase().replaceAll(' ', '-'),
      description,
      operations: operations.filter((operation) => operation.tags.includes(name)),
    }))
    .filter((chapter) => chapter.operations.length > 0)
}

export const lastPart = ({ $ref }: Reference): string => $ref.split('/').at(-1) ?? ''

export const parameterOf = (
  parameter: Parameter | Reference,
  { components }: OpenApiDocument,
): Parameter | undefined => ('$ref' in parameter ? components.parameters[lastPart(parameter)] : parameter)
