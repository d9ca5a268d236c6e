import { Action, HtmlFrame, TEXT } from './html-frame.tsx'
import type { Mail } from './mail.ts'
import { readableTime } from './readable-time.ts'

export interface CodeMailing {
  readonly email: string
  /** Six digits. */
  readonly code: string
  /** The signed link, absolute. */
  readonly url: string
  /** Until when both of them work, in epoch milliseconds. */
  readonly expiresAt: number
}

/** What the code and the link are for. */
interface Wording {
  readonly subject: string
  readonly headline: string
  readonly orByLink: string
  readonly action: string
  readonly note: string
}

const GREETING = 'Hello,'

/** Pure. A code to type, and a link for whoever would rather not. */
export function codeMail({ email, code, url, expiresAt }: CodeMailing, wording: Wording): Mail {
  const { subject, headline, orByLink, action, note } = wording
  const term = `The code and the link work once, until ${readableTime(expiresAt)}.`
  return {
    to: { address: email, name: null },
    subject,
    text: [GREETING, '', `${headline}:`, '', code, '', `${orByLink}:`, url, '', term, '', note, ''].join('\n'),
    html: `<!doctype html>${(
      <HtmlFrame title={subject} greeting={GREETING} headline={headline} note={note}>
        <p class="text" style={CODE}>
          {code}
        </p>
        <p class="text" style={TEXT}>
          {term}
        </p>
        <Action label={action} url={url} />
      </HtmlFrame>
    )}`,
    links: [url],
  }
}

/** Digits of the same width, far enough apart to be read out; no space between them, so that they are copied as one. */
const CODE = `${TEXT};font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:34px;line-height:44px;font-weight:600;letter-spacing:6px`
