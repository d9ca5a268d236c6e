import type { InvitationMessage } from '../contract/mail-message.ts'
import { type OrganizationNamespace, organizationClient } from '../organization/client.ts'
import { eachOf } from './bounded.ts'

const ORGANIZATIONS_AT_ONCE = 4

/** The answer about one mail. Null: its organization could not be asked. */
export type IsWanted = (mail: InvitationMessage) => boolean | null

/** Asks each organization once, however many of its mails are in the batch. */
export async function askWhichAreWanted(
  mails: readonly InvitationMessage[],
  organizations: OrganizationNamespace,
): Promise<IsWanted> {
  const answers = new Map<string, ReadonlySet<string>>()
  const byOrganization = Map.groupBy(mails, ({ organizationId }) => organizationId)
  await eachOf([...byOrganization], ORGANIZATIONS_AT_ONCE, async ([id, group]) => {
    const asked = group.map(({ invitationId, sendNumber }) => ({ invitationId, sendNumber }))
    const query = { type: 'ListWantedMails', mails: asked } as const
    const read = await organizationClient(organizations, id).read({ type: 'system', process: 'mail' }, query)
    // A refusal means that the organization is deleted, and then nobody can accept its invitations.
    answers.set(id, new Set(read.ok ? read.value.wanted.map(keyOf) : []))
  })
  return (mail) => answers.get(mail.organizationId)?.has(keyOf(mail)) ?? null
}

const keyOf = ({ invitationId, sendNumber }: { readonly invitationId: string; readonly sendNumber: number }): string =>
  `${invitationId}.${sendNumber}`
