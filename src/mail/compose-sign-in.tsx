import { Action, HtmlFrame, TEXT } from './html-frame.tsx'
import type { Mail } from './mail.ts'
import { readableTime } from './readable-time.ts'

export interface SignInMailing {
  readonly email: string
  /** Six digits. */
  readonly code: string
  /** The signed link, absolute. */
  readonly url: string
  /** Until when both of them work, in epoch milliseconds. */
  readonly expiresAt: number
}

const GREETING = 'Hello,'
const NOTE =
  'If it was not you who wants to sign in, ignore this mail: nobody gets in without it. Never tell the code to anyone.'

/** Pure. The code stands in the subject too, where a phone shows it without opening the mail. */
export function composeSignIn({ email, code, url, expiresAt }: SignInMailing): Mail {
  const subject = `${code} is your sign-in code`
  const headline = `Your code to sign in at ${new URL(url).host}`
  const term = `The code and the link work once, until ${readableTime(expiresAt)}.`
  const frame = { title: subject, greeting: GREETING, headline, note: NOTE }
  return {
    to: { address: email, name: null },
    subject,
    text: [GREETING, '', `${headline}:`, '', code, '', 'Or sign in by this link:', url, '', term, '', NOTE, ''].join(
      '\n',
    ),
    html: `<!doctype html>${(
      <HtmlFrame {...frame}>
        <p class="text" style={CODE}>
          {code}
        </p>
        <p class="text" style={TEXT}>
          {term}
        </p>
        <Action label="Sign in" url={url} />
      </HtmlFrame>
    )}`,
    links: [url],
  }
}

/** Digits of the same width, far enough apart to be read out; no space between them, so that they are copied as one. */
const CODE = `${TEXT};font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:34px;line-height:44px;font-weight:600;letter-spacing:6px`
