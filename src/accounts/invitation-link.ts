import { createHmac, timingSafeEqual } from 'node:crypto'

/** What a link proves: that its holder was sent mail number `sendNumber` of this invitation. */
export interface InvitationLink {
  readonly organizationId: string
  readonly invitationId: string
  readonly sendNumber: number
}

export interface LinkKey {
  readonly id: string
  readonly secret: string
}

const TOKEN = /^([a-z0-9]{1,8})\.(org_[0-9a-z]{26})\.(inv_[0-9a-z]{26})\.([1-9][0-9]{0,8})\.([A-Za-z0-9_-]{43})$/

/** `keyId.organization.invitation.sendNumber.signature`, HMAC-SHA-256 in base64url. Nothing of it is stored anywhere. */
export function signInvitationLink(link: InvitationLink, [key]: readonly LinkKey[]): string {
  if (key === undefined) throw new Error('No key to sign invitation links with')
  const claim = `${key.id}.${link.organizationId}.${link.invitationId}.${link.sendNumber}`
  return `${claim}.${signature(claim, key).toString('base64url')}`
}

/** Null for anything that none of the keys has signed. */
export function verifyInvitationLink(token: string, keys: readonly LinkKey[]): InvitationLink | null {
  const parts = TOKEN.exec(token)
  if (parts === null) return null
  const [, keyId = '', organizationId = '', invitationId = '', sendNumber = '', given = ''] = parts
  const key = keys.find(({ id }) => id === keyId)
  if (key === undefined) return null
  const expected = signature(`${keyId}.${organizationId}.${invitationId}.${sendNumber}`, key)
  // As text: in base64url several last characters stand for the same bytes.
  if (!timingSafeEqual(Buffer.from(expected.toString('base64url')), Buffer.from(given))) return null
  return { organizationId, invitationId, sendNumber: Number(sendNumber) }
}

const signature = (claim: string, { secret }: LinkKey): Buffer =>
  createHmac('sha256', secret).update(`muster.invitation-link.v1:${claim}`).digest()

/** The address of the page behind the link. */
export const invitationUrl = (publicUrl: string, link: InvitationLink, keys: readonly LinkKey[]): string =>
  `${publicUrl}/invitations/${signInvitationLink(link, keys)}`
