import type { NewDeviceMessage } from '../contract/mail-message.ts'
import { Action, HtmlFrame, TEXT } from './html-frame.tsx'
import type { Mail } from './mail.ts'
import { circumstances, SECURE_ACCOUNT } from './security-wording.ts'

const GREETING = 'Hello,'

/** To a person whose account was signed in to on a device it had not been used on. Pure. */
export function composeNewDevice(
  { email, at, origin }: Pick<NewDeviceMessage, 'email' | 'at' | 'origin'>,
  { publicUrl }: { readonly publicUrl: string },
): Mail {
  const { host } = new URL(publicUrl)
  const subject = `New sign-in to your account at ${host}`
  const said = 'Your account was used on a device that it had not been used on before.'
  const facts = circumstances(at, origin)
  const action = { label: 'Open your account', url: `${publicUrl}/account` }
  const note = `If it was you, there is nothing to do. ${SECURE_ACCOUNT}`
  return {
    to: { address: email, name: null },
    subject,
    text: [
      ...[GREETING, '', said, ''],
      ...facts.map((fact) => `- ${fact}`),
      ...['', `${action.label}:`, action.url, '', note, ''],
    ].join('\n'),
    html: `<!doctype html>${(
      <HtmlFrame title={subject} greeting={GREETING} headline={subject} note={note}>
        <p class="text" style={TEXT}>
          {said}
        </p>
        <ul class="text" style={`${TEXT};padding-left:20px`}>
          {facts.map((fact) => (
            <li>{fact}</li>
          ))}
        </ul>
        <Action {...action} />
      </HtmlFrame>
    )}`,
    links: [action.url],
  }
}
