import type { NoticeMessage } from '../contract/mail-message.ts'
import { Action, HtmlFrame, TEXT } from './html-frame.tsx'
import { isolatedName, legibleName, shortName, unlinkedName } from './legible-name.ts'
import type { Mail } from './mail.ts'
import { securityWording } from './security-wording.ts'

/** In UTF-16 units; longer names are cut. */
const MAX_SUBJECT_NAME = 48
const MAX_NAME = 160
const MAX_LISTED = 20

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
      const listed = about.keys.slice(0, MAX_LISTED).map(keyLine)
      const others = about.keys.length - listed.length
      return {
        subject: `API keys of ${shortName(organization, MAX_SUBJECT_NAME)} to replace`,
        paragraphs: [
          `The people who created these API keys of ${bodyName(organization)} have left or have lost permissions. The integrations that use the keys keep working, also where somebody has taken a key over.`,
          'These people may still know the secrets. Create new keys for the integrations, then revoke the old ones:',
        ],
        items: others > 0 ? [...listed, `and ${others} more`] : listed,
        action: { label: 'Open API keys', url: `${home}/api-keys` },
        note: 'You receive this mail because you are an owner of the organization.',
      }
    }
  }
}

const keyLine = ({ name, lastFour, maker }: { name: string; lastFour: string; maker: string | null }): string => {
  const key = `${bodyName(legibleName(name) ?? '(unnamed)')} (…${lastFour})`
  const person = legibleName(maker)
  return person === null ? key : `${key}, created by ${bodyName(person)}`
}

const bodyName = (name: string): string => isolatedName(unlinkedName(shortName(name, MAX_NAME)))
