import type { ShownOrigin } from '../membership/actor.ts'
import type { SecurityNotice } from '../membership/mail.ts'
import type { Wording } from './compose-notice.tsx'
import { readableTime } from './readable-time.ts'

interface Names {
  readonly publicUrl: string
  /** The pages of the organization. */
  readonly home: string
  /** The name of the organization, for the text and for the subject. */
  readonly organization: string
  readonly heading: string
  readonly nameOfKey: (name: string) => string
}

/** When it happened, and from where, if that is known. */
export function circumstances(at: number, origin: Partial<ShownOrigin> | undefined): string[] {
  const { device = null, network = null } = origin ?? {}
  return [
    `Time: ${readableTime(at)}`,
    ...(device === null ? [] : [`Device: ${device}`]),
    ...(network === null ? [] : [`Network: ${network}`]),
  ]
}

/** What to do if another person acted in the recipient's name. */
export const SECURE_ACCOUNT =
  'If it was not you, open your account, sign out of all other sessions, and make sure that nobody else can read your mailbox.'

/** What a security mail of an organization says. */
export function securityWording(notice: SecurityNotice, names: Names): Wording {
  const { publicUrl, home, organization, heading, nameOfKey } = names
  const items = circumstances(notice.at, notice.origin)
  const account = { label: 'Open your account', url: `${publicUrl}/account` }
  const mistaken = `If you did not expect this, ask an owner of ${organization}.`
  switch (notice.about) {
    case 'removed':
      return {
        subject: `You were removed from ${heading}`,
        paragraphs: [
          `You no longer have access to ${organization}. Your account and your other organizations are unchanged.`,
        ],
        ...{ items, action: account, note: mistaken },
      }
    case 'suspended':
      return {
        subject: `Your access to ${heading} was suspended`,
        paragraphs: [`You cannot use ${organization} until you are reactivated. Your role is kept.`],
        ...{ items, action: account, note: mistaken },
      }
    case 'owner_given':
      return {
        subject: `You are now an owner of ${heading}`,
        paragraphs: [
          `You were given the role Owner in ${organization}. Owners can do everything there: they manage all members, and can delete it.`,
        ],
        ...{ items, action: { label: 'Open the members', url: `${home}/members` } },
        note: `If you did not expect this, ask another owner of ${organization} before you use it.`,
      }
    case 'owner_lost':
      return {
        subject: `You are no longer an owner of ${heading}`,
        paragraphs: [`Your role in ${organization} has changed. You are no longer an owner.`],
        ...{ items, action: { label: 'Open the members', url: `${home}/members` } },
        note: `${mistaken} ${SECURE_ACCOUNT}`,
      }
    case 'api_key_created':
      return {
        subject: `New API key in ${heading}`,
        paragraphs: [
          `You created the API key ${nameOfKey(notice.key.name)} (…${notice.key.lastFour}) in ${organization}. Programs that know its secret can act there.`,
        ],
        ...{ items, action: { label: 'Open API keys', url: `${home}/api-keys` } },
        note: `If it was not you, revoke the key at once. ${SECURE_ACCOUNT}`,
      }
  }
}
