import htmx from 'htmx.org/dist/htmx.min.js'
import { asset } from './asset.ts'
import portal from './portal.client.js'

/** Pages work without it; with it, lists follow what one types, dialogs open in place, and menus close by themselves. */
export const script = asset('js', 'text/javascript', [htmx, portal].join('\n'))
