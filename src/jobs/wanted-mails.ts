import type { InvitationMessage } from '../contract/mail-message.ts'
import { type OrganizationNamespace, organizationClient } from '../organization/client.ts'

/** Whose shares a mail uses. */
export interface Sender {
  /** The account of the person who invites; null: the operator. */
  readonly inviter: string | null
  /** When the organization was created; null: the operator created it. */
  readonly newSince: number | null
}

/** Asks the organization of a mail who sends it, and whether anybody still wants it. Throws if it cannot be reached. */
export async function askForSender(
  organizations: OrganizationNamespace,
  { organizationId, invitationId, sendNumber, invitedBy }: InvitationMessage,
): Promise<Sender | 'unwanted'> {
  const query = { type: 'ListWantedMails', mails: [{ invitationId, sendNumber, invitedBy }] } as const
  const read = await organizationClient(organizations, organizationId).read({ type: 'system', process: 'mail' }, query)
  // A refusal means that the organization is deleted, and then nobody can accept its invitations.
  if (!read.ok) return 'unwanted'
  const { wanted, newSince = null } = read.value
  const [mail] = wanted
  return mail === undefined ? 'unwanted' : { inviter: mail.inviter ?? null, newSince }
}
