import { type CodeMailing, codeMail } from './code-mail.tsx'
import { Action, HtmlFrame, TEXT } from './html-frame.tsx'
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
      action: 'Confirm the email',
      url: mailing.url,
    },
    note: UNEXPECTED,
  })

const GREETING = 'Hello,'
const NOTE = 'If it was not you, tell the people who run this service at once.'
const NOTE_WITH_LINK =
  'If it was you, ignore this mail. Do not forward it: the link gives the account back to this email.'

interface ChangedMailing {
  readonly email: string
  readonly publicUrl: string
  readonly changedAt: number
  /** The signed link, absolute, and until when it works; null where the change cannot be taken back. */
  readonly takeBack: { readonly url: string; readonly until: number } | null
}

/** To the former email. It does not show the new one. Pure. */
export function composeEmailChanged({ email, publicUrl, changedAt, takeBack }: ChangedMailing): Mail {
  const { host } = new URL(publicUrl)
  const subject = `Your email at ${host} was changed`
  const told = [
    `On ${readableTime(changedAt)} your account at ${host} got another email. This one no longer signs in.`,
    ...(takeBack === null
      ? []
      : [
          `If it was not you, take the change back until ${readableTime(takeBack.until)}. The account gets this email again, and everybody is signed out of it.`,
        ]),
  ]
  const note = takeBack === null ? NOTE : NOTE_WITH_LINK
  const linkLines = takeBack === null ? [] : ['Take the change back:', takeBack.url, '']
  return {
    to: { address: email, name: null },
    subject,
    text: [GREETING, '', ...told.flatMap((line) => [line, '']), ...linkLines, note, ''].join('\n'),
    html: `<!doctype html>${(
      <HtmlFrame title={subject} greeting={GREETING} headline={subject} note={note}>
        {told.map((line) => (
          <p class="text" style={TEXT}>
            {line}
          </p>
        ))}
        {takeBack === null ? null : <Action label="Take the change back" url={takeBack.url} />}
      </HtmlFrame>
    )}`,
    links: takeBack === null ? [] : [takeBack.url],
  }
}
