import { type LinkKey, signToken, verifyToken } from './signed-token.ts'

/** What a link proves: that its holder was sent mail number `sendNumber` of this invitation. */
export interface InvitationLink {
  readonly organizationId: string
  readonly invitationId: string
  readonly sendNumber: number
}

const PURPOSE = 'invitation-link'
const CLAIM = /^(org_[0-9a-z]{26})\.(inv_[0-9a-z]{26})\.([1-9][0-9]{0,8})$/

/** `keyId.organization.invitation.sendNumber.signature`. */
export const signInvitationLink = (link: InvitationLink, keys: readonly LinkKey[]): string =>
  signToken(PURPOSE, `${link.organizationId}.${link.invitationId}.${link.sendNumber}`, keys)

/** Null for anything that none of the keys has signed. */
export function verifyInvitationLink(token: string, keys: readonly LinkKey[]): InvitationLink | null {
  const claim = verifyToken(PURPOSE, CLAIM, token, keys)
  if (claim === null) return null
  const [, organizationId = '', invitationId = '', sendNumber = ''] = claim
  return { organizationId, invitationId, sendNumber: Number(sendNumber) }
}

/** The address of the page behind the link. */
export const invitationUrl = (publicUrl: string, link: InvitationLink, keys: readonly LinkKey[]): string =>
  `${publicUrl}/invitations/${signInvitationLink(link, keys)}`
