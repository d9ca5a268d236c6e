import type { Context } from './authority.ts'
import { type Change, type Decision, decided } from './decision.ts'
import { isErasedAddress } from './erasure.ts'
import { type Notice, recipientOf, type SecurityNotice } from './mail.ts'
import { belongs, type Member } from './member.ts'
import type { Organization } from './organization.ts'
import { OWNER } from './roles.ts'

/**
 * Adds to what a rule decided the mails that warn people of a change that matters for their security: they were removed
 * or suspended, became an owner or stopped being one, or created an API key. Taken from the changes themselves, so that
 * every way to make such a change sends the mail in the same transaction.
 */
export function withSecurityNotices<T>(
  decision: Decision<T>,
  { name: organizationName }: Pick<Organization, 'name'>,
  context: Context,
): Decision<T> {
  if (!decision.ok) return decision
  const { value, changes } = decision.value
  const notices = changes.flatMap((change) => noticesOf(change, changes, context))
  if (notices.length === 0) return decision
  const mails = notices.map(({ to, subject }): Change => {
    const mail: Notice = { kind: 'notice', organizationName, recipients: [recipientOf(to)], subject }
    return { kind: 'mail', mail }
  })
  return decided(value, ...changes, ...mails)
}

interface Addressed {
  readonly to: Member
  readonly subject: SecurityNotice
}

function noticesOf(change: Change, changes: readonly Change[], context: Context): Addressed[] {
  if (change.kind === 'member') return memberNotices(change.before, change.after, context)
  if (change.kind === 'api_key') {
    const { id, name, lastFour } = change.after
    const maker = context.authority.member
    const isCreated = changes.some(
      (one) => one.kind === 'event' && one.event.type === 'api_key.created' && one.event.target.id === id,
    )
    if (!isCreated || maker === null) return []
    return [{ to: maker, subject: { about: 'api_key_created', key: { name, lastFour }, ...circumstances(context) } }]
  }
  return []
}

function memberNotices(before: Member | null, after: Member, context: Context): Addressed[] {
  // Erased people get no mail; they deleted the account themselves.
  if (isErasedAddress(after.email)) return []
  const { member: acting } = context.authority
  const isOwnAct = acting?.id === after.id
  const told = { at: context.now, ...(isOwnAct ? circumstances(context) : {}) }
  const to = after
  const wasOwner = belongs(before) && before.role === OWNER
  const isOwner = belongs(after) && after.role === OWNER
  if (belongs(before) && after.status === 'removed')
    return isOwnAct ? [] : [{ to, subject: { about: 'removed', ...told } }]
  if (before?.status === 'active' && after.status === 'suspended')
    return [{ to, subject: { about: 'suspended', ...told } }]
  if (wasOwner && !isOwner) return [{ to, subject: { about: 'owner_lost', ...told } }]
  const isGiven = belongs(before) || after.source === 'added'
  return isOwner && !wasOwner && isGiven ? [{ to, subject: { about: 'owner_given', ...told } }] : []
}

/** When, and from where, if the edge said. */
const circumstances = ({ now: at, authority: { origin } }: Context) => ({
  at,
  ...(origin === undefined ? {} : { origin }),
})
