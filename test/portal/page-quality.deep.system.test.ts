import { VARIANTS } from '../support/portal-visits.ts'
import { describePages } from './page-quality.ts'

describePages(() => ({ shownIn: VARIANTS, examinedIn: VARIANTS }))
