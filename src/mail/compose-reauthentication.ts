import { type CodeMailing, codeMail } from './code-mail.tsx'
import type { Mail } from './mail.ts'

const NOTE =
  'Never tell the code to anyone. If you did not ask for it, somebody may be using your session: sign in, open your account and sign out everywhere else.'

interface ReauthenticationMailing extends Omit<CodeMailing, 'url'> {
  readonly publicUrl: string
}

/** Pure. */
export const composeReauthentication = ({ publicUrl, ...mailing }: ReauthenticationMailing): Mail =>
  codeMail(mailing, {
    subject: `${mailing.code} confirms that it is you`,
    headline: `Your code to confirm a change at ${new URL(publicUrl).host}`,
    link: null,
    note: NOTE,
  })
