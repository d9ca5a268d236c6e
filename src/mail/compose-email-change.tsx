import { type CodeMailing, codeMail } from './code-mail.tsx'
import { HtmlFrame, TEXT } from './html-frame.tsx'
import type { Mail } from './mail.ts'
import { readableTime } from './readable-time.ts'

const UNEXPECTED =
  'If it was not you who wants to use this address, ignore this mail: nothing changes. Never tell the code to anyone.'

/** To the new address. Pure. */
export const composeEmailChange = (mailing: CodeMailing): Mail =>
  codeMail(mailing, {
    subject: `${mailing.code} confirms your new address`,
    headline: `Your code to use this address at ${new URL(mailing.url).host}`,
    link: {
      intro: 'Or confirm it by this link, where you are signed in',
      action: 'Confirm the address',
      url: mailing.url,
    },
    note: UNEXPECTED,
  })

const GREETING = 'Hello,'
const NOTE = 'If it was not you, tell whoever runs this service at once: this address does not sign in any more.'

interface ChangedMailing {
  readonly email: string
  readonly publicUrl: string
  readonly changedAt: number
}

/** To the former address, which does not learn the new one. Pure. */
export function composeEmailChanged({ email, publicUrl, changedAt }: ChangedMailing): Mail {
  const { host } = new URL(publicUrl)
  const subject = `Your address at ${host} was changed`
  const told = `Since ${readableTime(changedAt)} your account at ${host} has another address. Everything else of it is as it was.`
  return {
    to: { address: email, name: null },
    subject,
    text: [GREETING, '', told, '', NOTE, ''].join('\n'),
    html: `<!doctype html>${(
      <HtmlFrame title={subject} greeting={GREETING} headline={subject} note={NOTE}>
        <p class="text" style={TEXT}>
          {told}
        </p>
      </HtmlFrame>
    )}`,
    links: [],
  }
}
