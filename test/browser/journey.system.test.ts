import { describeJourney } from './journey.ts'

describeJourney({ javaScript: true })
