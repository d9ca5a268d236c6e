import type { NoticeMessage } from '../contract/mail-message.ts'
import { Action, HtmlFrame, TEXT } from './html-frame.tsx'
import { isolatedName, legibleName, shortName, unlinkedName } from './legible-name.ts'
import type { Mail } from './mail.ts'
import { securityWording } from './security-wording.ts'

/** In UTF-16 units; longer names are cut. */
const MAX_SUBJECT_NAME = 48
const MAX_NAME = 160

/** What a notice says; the frame around it is the same for all. */
export interface Wording {
  readonly subject: string
  readonly paragraphs: readonly string[]
  readonly items: readonly string[]
  readonly action: { readonly label: string; readonly url: string }
  readonly note: string
}

/** Pure: what an organization tells one of its members. `publicUrl` is where the portal is. */
export function composeNotice(message: NoticeMessage, { publicUrl }: { readonly publicUrl: string }): Mail {
  const { subject, paragraphs, items, action, note } = wordingOf(message, publicUrl)
  const name = legibleName(message.name)
  const greeting = name === null ? 'Hello,' : `Hello ${bodyName(name)},`
  const listed = items.length === 0 ? [] : [...items.map((item) => `- ${item}`), '']
  return {
    to: { address: message.email, name: name && shortName(name, MAX_NAME) },
    subject,
    text: [
      greeting,
      '',
      ...paragraphs.flatMap((said) => [said, '']),
      ...listed,
      `${action.label}:`,
      action.url,
      '',
      note,
      '',
    ].join('\n'),
    html: `<!doctype html>${(
      <HtmlFrame title={subject} greeting={greeting} headline={subject} note={note}>
        {paragraphs.map((said) => (
          <p class="text" style={TEXT}>
            {said}
          </p>
        ))}
        {items.length > 0 && (
          <ul class="text" style={`${TEXT};padding-left:20px`}>
            {items.map((item) => (
              <li>{item}</li>
            ))}
          </ul>
        )}
        <Action {...action} />
      </HtmlFrame>
    )}`,
    links: [action.url],
  }
}

function wordingOf({ subject: about, organizationId, organizationName }: NoticeMessage, publicUrl: string): Wording {
  const organization = legibleName(organizationName) ?? '(unnamed)'
  const home = `${publicUrl}/o/${organizationId}`
  switch (about.about) {
    case 'removed':
    case 'suspended':
    case 'owner_given':
    case 'owner_lost':
    case 'api_key_created':
      return securityWording(about, {
        ...{ publicUrl, home, organization: bodyName(organization) },
        heading: shortName(organization, MAX_SUBJECT_NAME),
        nameOfKey: (name) => bodyName(legibleName(name) ?? '(unnamed)'),
      })
    case 'keys_to_rotate': {
      const maker = bodyName(legibleName(about.maker) ?? 'A former member')
      const keys = about.keys.length === 1 ? 'this API key' : 'these API keys'
      return {
        subject: `API keys of ${shortName(organization, MAX_SUBJECT_NAME)} to replace`,
        paragraphs: [
          `${maker} no longer has the role in ${bodyName(organization)} in which they created ${keys}. The integrations that use them keep working.`,
          'The person may still know the secrets. Create new keys for these integrations, then revoke the old ones:',
        ],
        items: about.keys.map(({ name, lastFour }) => `${bodyName(legibleName(name) ?? '(unnamed)')} (…${lastFour})`),
        action: { label: 'Open API keys', url: `${home}/api-keys` },
        note: 'You receive this mail because you are an owner of the organization.',
      }
    }
  }
}

const bodyName = (name: string): string => isolatedName(unlinkedName(shortName(name, MAX_NAME)))
