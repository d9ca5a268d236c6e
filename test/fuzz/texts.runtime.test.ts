import { describe, expect, test } from 'vitest'
import { api } from '../../src/http/app.ts'
import { documentOf } from '../../src/http/openapi/document.ts'
import { as, operator } from '../support/api.ts'
import { documentedCalls, examplePath } from '../support/documented-calls.ts'
import { HOSTILE_TEXTS } from './hostile-values.ts'
import { textFields, withAt } from './one-field.ts'
import { expectUnharmed, newPlace } from './place.ts'

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

describe('a text that hurts, alone in a call that is fine otherwise:', () => {
  test.each(fields)('$name', async ({ call, example, path }) => {
    const place = await newPlace()
    const url = examplePath(call, place.real)
    for (const text of HOSTILE_TEXTS) {
      const raw = place.real(bodyOf(example, path, text))
      const { status } = await as(operator).call(call.method, url, {
        raw,
        headers: { 'Content-Type': 'application/json' },
      })
      expect(status, raw.slice(0, 500)).toBeLessThan(500)
    }
    await expectUnharmed(place)
  })
})
