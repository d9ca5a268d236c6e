import type { OpenApiDocument } from '../openapi/document-model.ts'
import { type Listed, parameterOf } from './operations-by-tag.ts'

/** How to call the operation from a shell, with the examples of its description. */
export function curlOf(operation: Listed, document: OpenApiDocument, origin: string): string {
  const { method, requestBody, security } = operation
  const body = requestBody?.content['application/json']?.example
  // With -d, curl sends a POST by itself.
  const implied = body === undefined ? 'GET' : 'POST'
  const option = method === implied ? '' : `-X ${method} `
  const parts = [`curl ${option}${quoted(`${origin}${pathOf(operation, document)}`)}`]
  const needsCredential = security.length > 0 && security.every((accepted) => Object.keys(accepted).length > 0)
  if (needsCredential) parts.push('-H "Authorization: Bearer $MUSTER_KEY"')
  if (body !== undefined) parts.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`)
  return parts.join(' \\\n  ')
}

function pathOf(operation: Listed, document: OpenApiDocument): string {
  const parameters = operation.parameters.map((parameter) => parameterOf(parameter, document))
  return operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const example = parameters.find((parameter) => parameter?.in === 'path' && parameter.name === name)?.example
    return String(example)
  })
}

const quoted = (text: string): string => (/^[\w:/.@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
