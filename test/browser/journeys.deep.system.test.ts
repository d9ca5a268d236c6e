import { describe } from 'vitest'
import { describeAdministration } from './administration.ts'
import { describeJourney } from './journey.ts'

describe('without JavaScript:', () => {
  describeJourney({ javaScript: false })
  describeAdministration({ javaScript: false, many: 500 })
})

describe('with the script:', () => {
  describeAdministration({ javaScript: true, many: 500 })
})
