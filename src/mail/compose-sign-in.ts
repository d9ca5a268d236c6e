import { type CodeMailing, codeMail } from './code-mail.tsx'
import { isolatedName, legibleName, shortName, unlinkedName } from './legible-name.ts'
import type { Mail } from './mail.ts'

const NOTE =
  'If it was not you who wants to sign in, ignore this mail: nobody gets in without it. Never tell the code to anyone.'
const MAX_NAME = 160

interface SignInMailing extends CodeMailing {
  /** Of the organization whose invitation the code accepts. Absent: it only signs in. */
  readonly organizationName?: string | undefined
}

/** Pure. The code stands in the subject too, where a phone shows it without opening the mail. */
export function composeSignIn({ organizationName, ...mailing }: SignInMailing): Mail {
  const { code, url } = mailing
  const { host } = new URL(url)
  const subject = `${code} is your sign-in code`
  if (organizationName === undefined) {
    return codeMail(mailing, {
      subject,
      headline: `Your code to sign in at ${host}`,
      link: { intro: 'Or sign in by this link', action: 'Sign in', url },
      note: NOTE,
    })
  }
  const name = isolatedName(unlinkedName(shortName(legibleName(organizationName) ?? '(unnamed)', MAX_NAME)))
  return codeMail(mailing, {
    subject,
    headline: `Your code to sign in at ${host} and join ${name}`,
    link: { intro: 'Or sign in and join by this link', action: 'Sign in and join', url },
    note: NOTE,
  })
}
