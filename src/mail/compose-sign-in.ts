import { type CodeMailing, codeMail } from './code-mail.tsx'
import type { Mail } from './mail.ts'

const NOTE =
  'If it was not you who wants to sign in, ignore this mail: nobody gets in without it. Never tell the code to anyone.'

/** Pure. The code stands in the subject too, where a phone shows it without opening the mail. */
export const composeSignIn = (mailing: CodeMailing): Mail =>
  codeMail(mailing, {
    subject: `${mailing.code} is your sign-in code`,
    headline: `Your code to sign in at ${new URL(mailing.url).host}`,
    link: { intro: 'Or sign in by this link', action: 'Sign in', url: mailing.url },
    note: NOTE,
  })
