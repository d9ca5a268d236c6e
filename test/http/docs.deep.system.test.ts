import { describeDocsPage } from './docs-page.ts'

describeDocsPage([
  ['light', 390],
  ['dark', 320],
  ['light', 1280],
  ['dark', 1440],
])
