import { Action, HtmlFrame, TEXT } from './html-frame.tsx'
import type { Mail } from './mail.ts'
import { readableTime } from './readable-time.ts'

export interface CodeMailing {
  readonly email: string
  /** Six digits. */
  readonly code: string
  /** The signed link, absolute. */
  readonly url: string
  /** Until when they work, in epoch milliseconds. */
  readonly expiresAt: number
}

/** What the code and the link are for. */
interface Wording {
  readonly subject: string
  readonly headline: string
  /** How the link is introduced, and what its button says; null where the code alone counts. */
  readonly link: { readonly intro: string; readonly action: string; readonly url: string } | null
  readonly note: string
}

const GREETING = 'Hello,'

/** Pure. A code to type, and mostly a link that does the same. */
export function codeMail({ email, code, expiresAt }: Omit<CodeMailing, 'url'>, wording: Wording): Mail {
  const { subject, headline, link, note } = wording
  const until = readableTime(expiresAt)
  const term =
    link === null ? `The code works once, until ${until}.` : `The code and the link work once, until ${until}.`
  return {
    to: { address: email, name: null },
    subject,
    text: [GREETING, '', `${headline}:`, '', code, '', ...linkLines(link), term, '', note, ''].join('\n'),
    html: `<!doctype html>${(
      <HtmlFrame title={subject} greeting={GREETING} headline={headline} note={note}>
        <p class="text" style={CODE}>
          {code}
        </p>
        <p class="text" style={TEXT}>
          {term}
        </p>
        {link === null ? null : <Action label={link.action} url={link.url} />}
      </HtmlFrame>
    )}`,
    links: link === null ? [] : [link.url],
  }
}

const linkLines = (link: Wording['link']): string[] => (link === null ? [] : [`${link.intro}:`, link.url, ''])

/** Digits of the same width, far enough apart to be read out; no space between them, so that they are copied as one. */
const CODE = `${TEXT};font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:34px;line-height:44px;font-weight:600;letter-spacing:6px`
