import type { InvitationMessage, NoticeMessage } from '../../src/contract/mail-message.ts'
import type { OutgoingMail } from '../../src/mail/transport.ts'

/** Ann invites Bob into Acme as Editor. */
export const invitationMessage = (differences: Partial<InvitationMessage> = {}): InvitationMessage => ({
  version: 1,
  id: 'inv_01k8zq3v9fexample0000000000.1',
  kind: 'invitation',
  organizationId: 'org_01k8zq3v9fexample0000000000',
  organizationName: 'Acme',
  invitationId: 'inv_01k8zq3v9fexample0000000000',
  sendNumber: 1,
  email: 'bob@x.test',
  name: 'Bob Fox',
  roleName: 'Editor',
  inviter: 'Ann Lee',
  invitedBy: { type: 'user', id: 'usr_01k8zq3v9fexample0000000000' },
  expiresAt: Date.UTC(2026, 11, 8, 14, 0),
  ...differences,
})

/** Ann, who owns Acme, learns that the keys of somebody who left are to be replaced. */
export const noticeMessage = (differences: Partial<NoticeMessage> = {}): NoticeMessage => ({
  version: 1,
  id: 'org_01k8zq3v9fexample0000000000.7.0',
  kind: 'notice',
  organizationId: 'org_01k8zq3v9fexample0000000000',
  organizationName: 'Acme',
  email: 'ann@x.test',
  name: 'Ann Lee',
  subject: { about: 'keys_to_rotate', keys: [{ name: 'Nightly sync', lastFour: 'x7Qa', maker: 'Dan Day' }] },
  ...differences,
})

export const outgoingMail = (differences: Partial<OutgoingMail> = {}): OutgoingMail => ({
  id: 'inv_01k8zq3v9fexample0000000000.1',
  from: 'Muster <team@muster.test>',
  sentAt: Date.UTC(2026, 10, 23, 9, 30),
  to: { address: 'bob@x.test', name: 'Bob Fox' },
  subject: 'Ann Lee has invited you to join Acme',
  text: 'Accept the invitation:\nhttps://muster.test/invitations/token\n',
  html: '<p><a href="https://muster.test/invitations/token">Accept</a></p>',
  links: ['https://muster.test/invitations/token'],
  ...differences,
})
