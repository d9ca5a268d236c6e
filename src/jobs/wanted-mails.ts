import type { InvitationMessage } from '../contract/mail-message.ts'
import type { InvitationMailId } from '../membership/queries.ts'
import { type OrganizationNamespace, organizationClient } from '../organization/client.ts'
import { eachOf } from './bounded.ts'

const ORGANIZATIONS_AT_ONCE = 4

/** Whose shares a mail uses. */
export interface Sender {
  /** The account of the person who invites; null: the operator. */
  readonly inviter: string | null
  /** When the organization was created; null: the operator created it. */
  readonly newSince: number | null
}

/** What an organization says of a mail: who sends it, or that nobody wants it any more. Null: it could not be asked. */
export type SenderOf = (mail: InvitationMessage) => Sender | 'unwanted' | null

/** Asks each organization once, however many of its mails are in the batch. */
export async function askForSenders(
  mails: readonly InvitationMessage[],
  organizations: OrganizationNamespace,
): Promise<SenderOf> {
  const answers = new Map<string, ReadonlyMap<string, Sender>>()
  const byOrganization = Map.groupBy(mails, ({ organizationId }) => organizationId)
  await eachOf([...byOrganization], ORGANIZATIONS_AT_ONCE, async ([id, group]) => {
    const asked = group.map(({ invitationId, sendNumber, invitedBy }) => ({ invitationId, sendNumber, invitedBy }))
    const query = { type: 'ListWantedMails', mails: asked } as const
    const read = await organizationClient(organizations, id).read({ type: 'system', process: 'mail' }, query)
    // A refusal means that the organization is deleted, and then nobody can accept its invitations.
    const { wanted, newSince = null } = read.ok ? read.value : { wanted: [] }
    answers.set(id, new Map(wanted.map(({ inviter = null, ...mail }) => [keyOf(mail), { inviter, newSince }])))
  })
  return (mail) => {
    const answer = answers.get(mail.organizationId)
    return answer === undefined ? null : (answer.get(keyOf(mail)) ?? 'unwanted')
  }
}

const keyOf = ({ invitationId, sendNumber }: InvitationMailId): string => `${invitationId}.${sendNumber}`
