import type { InvitationMessage } from '../contract/mail-message.ts'
import { type InvitationContent, InvitationHtml } from './invitation-html.tsx'
import { isolatedName, legibleName, shortName, unlinkedName } from './legible-name.ts'
import type { Mail } from './mail.ts'
import { readableTime } from './readable-time.ts'

export interface InvitationMailing {
  /** The signed link of the invitation, absolute. */
  readonly url: string
  /** Where the recipient stops all invitations, absolute. */
  readonly noInvitationsUrl: string
  /** What this deployment calls an organization. */
  readonly label: { readonly singular: string; readonly plural: string }
}

/** In UTF-16 units. Longer names are cut: in the subject so that both of them show, in the text so that it stays a mail. */
const MAX_SUBJECT_NAME = 48
const MAX_NAME = 160

/** Pure: the same message and link give the same mail. The address is not looked at; a transport refuses a bad one. */
export function composeInvitation(
  message: InvitationMessage,
  { url, noInvitationsUrl, label }: InvitationMailing,
): Mail {
  const inviter = legibleName(message.inviter)
  const organization = legibleName(message.organizationName) ?? '(unnamed)'
  const role = legibleName(message.roleName) ?? '(unnamed)'
  const name = legibleName(message.name)

  const subject = invitationSentence(inviter && subjectName(inviter), subjectName(organization))
  const content = {
    greeting: name === null ? 'Hello,' : `Hello ${bodyName(name)},`,
    headline: invitationSentence(inviter && bodyName(inviter), bodyName(organization)),
    facts: [
      { term: bodyName(legibleName(label.singular) ?? 'Organization'), value: bodyName(organization) },
      { term: 'Your role', value: bodyName(role) },
      ...(inviter === null ? [] : [{ term: 'Invited by', value: bodyName(inviter) }]),
      { term: 'Expires', value: readableTime(message.expiresAt) },
    ],
    url,
    noInvitationsUrl,
    note: 'If you did not expect this invitation, ignore this mail: nothing happens unless you accept.',
  }
  return {
    to: { address: message.email, name: name && shortName(name, MAX_NAME) },
    subject,
    text: invitationText(content),
    html: `<!doctype html>${<InvitationHtml title={subject} {...content} />}`,
    links: [url, noInvitationsUrl],
    unsubscribeUrl: noInvitationsUrl,
  }
}

const invitationText = ({ greeting, headline, facts, url, noInvitationsUrl, note }: InvitationContent): string =>
  [
    greeting,
    '',
    headline,
    '',
    ...facts.map(({ term, value }) => `${term}: ${value}`),
    '',
    'Accept the invitation:',
    url,
    '',
    note,
    '',
    'No more invitations:',
    noInvitationsUrl,
    '',
  ].join('\n')

const invitationSentence = (inviter: string | null, organization: string): string =>
  inviter === null
    ? `You have been invited to join ${organization}`
    : `${inviter} has invited you to join ${organization}`

const subjectName = (name: string): string => shortName(name, MAX_SUBJECT_NAME)
const bodyName = (name: string): string => isolatedName(unlinkedName(shortName(name, MAX_NAME)))
