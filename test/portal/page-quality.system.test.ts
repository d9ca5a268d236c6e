import { VARIANTS } from '../support/portal-visits.ts'
import { describePages } from './page-quality.ts'

/** Each width and each color scheme once. */
const CROSSED = VARIANTS.filter(({ width, colorScheme }) => width < 600 === (colorScheme === 'light'))

/** Axe looks at each page once, in one of the two by turns; states of a page after a form was sent are left to the deep tests. */
describePages(({ act }, index) => ({
  shownIn: CROSSED,
  examinedIn: act === undefined ? CROSSED.slice(index % 2, (index % 2) + 1) : [],
}))
