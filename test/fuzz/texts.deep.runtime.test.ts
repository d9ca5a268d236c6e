import { describe, test } from 'vitest'
import { sendTexts, TEXT_FIELDS } from './hostile-texts.ts'
import { HOSTILE_TEXTS } from './hostile-values.ts'
import { newPlace } from './place.ts'

describe('every text that hurts, alone in a call that is fine otherwise:', () => {
  test.each(TEXT_FIELDS)('$name', async (field) => sendTexts(await newPlace(), field, HOSTILE_TEXTS))
})
