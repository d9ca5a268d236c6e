import { expect } from 'vitest'
import { api } from '../../src/http/app.ts'
import { documentOf } from '../../src/http/openapi/document.ts'
import { as, operator } from '../support/api.ts'
import { documentedCalls, examplePath } from '../support/documented-calls.ts'
import { textFields, withAt } from './one-field.ts'
import { expectUnharmed, type Place } from './place.ts'

const document = documentOf(api())

const fields = documentedCalls(document).flatMap((call) => {
  const { schema, example } = call.operation.requestBody?.content['application/json'] ?? {}
  const texts = schema === undefined ? [] : textFields(schema, document.components.schemas)
  return texts.map(({ path }) => ({ name: `${call.operation.operationId}: ${path.join('.')}`, call, example, path }))
})

/** Of two ways to name the same thing only one may be there. */
const RIVALS: Readonly<Record<string, string>> = { user_id: 'email', email: 'user_id', emails: 'rows', rows: 'emails' }

function bodyOf(example: unknown, path: readonly (string | number)[], text: string): string {
  const rival = RIVALS[String(path[0])]
  return JSON.stringify(withAt(example, path, text), (key, value) => (key === rival && key !== '' ? undefined : value))
}

type Field = (typeof fields)[number]

/** Every field that takes a text, alone in a call that is fine otherwise. */
export const TEXT_FIELDS: readonly Field[] = fields

/** Sends each of the texts in the field: no answer is other than described, and none breaks anything. */
export async function sendTexts(place: Place, { call, example, path }: Field, texts: readonly string[]): Promise<void> {
  const url = examplePath(call, place.real)
  for (const text of texts) {
    const raw = place.real(bodyOf(example, path, text))
    const headers = { 'Content-Type': 'application/json' }
    const { status } = await as(operator).call(call.method, url, { raw, headers })
    expect(status, raw.slice(0, 500)).toBeLessThan(500)
  }
  await expectUnharmed(place)
}
