import { beforeAll, describe, test } from 'vitest'
import { sendTexts, TEXT_FIELDS } from './hostile-texts.ts'
import { HOSTILE_TEXTS } from './hostile-values.ts'
import { newPlace, type Place } from './place.ts'

let place: Place
beforeAll(async () => {
  place = await newPlace()
})

const EVERY = 10
/** Of every ten texts the field gets one, the next field the next: all fields, and all texts. */
const sampleFor = (field: number) => HOSTILE_TEXTS.filter((_, index) => index % EVERY === field % EVERY)
const cases = TEXT_FIELDS.map((field, index) => ({ name: field.name, field, texts: sampleFor(index) }))

describe('a text that hurts, alone in a call that is fine otherwise:', () => {
  test.each(cases)('$name', ({ field, texts }) => sendTexts(place, field, texts))
})
