import { asset } from './asset.ts'
import base from './styles/base.css'
import controls from './styles/controls.css'
import mailbox from './styles/mailbox.css'
import marks from './styles/marks.css'
import matrix from './styles/matrix.css'
import menu from './styles/menu.css'
import messages from './styles/messages.css'
import panel from './styles/panel.css'
import shell from './styles/shell.css'
import simplePage from './styles/simple-page.css'
import table from './styles/table.css'
import tokens from './styles/tokens.css'

/** One file for all pages: what the first has loaded, the others have. Later parts may refine earlier ones. */
export const stylesheet = asset(
  'css',
  'text/css',
  [tokens, base, simplePage, shell, controls, menu, panel, marks, table, matrix, messages, mailbox].join('\n'),
)
