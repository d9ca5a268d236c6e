import { EVENT_TYPES, type EventType } from '../../../membership/event.ts'

/** What entries are about, as one looks for them. */
export interface EventGroup {
  readonly key: string
  readonly name: string
  readonly types: readonly EventType[]
}

const beginning = (...prefixes: readonly string[]): EventType[] =>
  EVENT_TYPES.filter((type) => prefixes.some((prefix) => type.startsWith(`${prefix}.`)))

export const EVENT_GROUPS: readonly EventGroup[] = [
  { key: 'members', name: 'Members', types: beginning('member') },
  { key: 'invitations', name: 'Invitations', types: beginning('invitation') },
  { key: 'roles', name: 'Roles', types: beginning('role') },
  { key: 'api-keys', name: 'API keys', types: beginning('api_key') },
  { key: 'organization', name: 'Organization', types: beginning('organization', 'ownership', 'seat_limit') },
]

export const EVENT_NAMES: { readonly [type in EventType]: string } = {
  'organization.created': 'Created',
  'organization.updated': 'Settings changed',
  'organization.deleted': 'Deleted',
  'organization.restored': 'Brought back',
  'ownership.transferred': 'Ownership transferred',
  'seat_limit.changed': 'Number of seats changed',
  'member.added': 'Member added',
  'member.role_changed': 'Role of a member changed',
  'member.profile_updated': 'Profile changed',
  'member.suspended': 'Member suspended',
  'member.reactivated': 'Member reactivated',
  'member.removed': 'Member removed',
  'member.left': 'Member left',
  'member.return_refused': 'Return of a member refused',
  'member.return_allowed': 'Return of a member allowed',
  'member.erased': 'Personal data of a member erased',
  'invitation.created': 'Invitation sent',
  'invitation.resent': 'Invitation sent again',
  'invitation.accepted': 'Invitation accepted',
  'invitation.declined': 'Invitation declined',
  'invitation.canceled': 'Invitation canceled',
  'invitation.expired': 'Invitation expired',
  'invitation.kept': 'Invitation taken over',
  'invitation.erased': 'Personal data of an invitation erased',
  'role.created': 'Role created',
  'role.updated': 'Role changed',
  'role.deleted': 'Role deleted',
  'api_key.created': 'API key created',
  'api_key.revoked': 'API key revoked',
  'api_key.kept': 'API key taken over',
  'api_key.maker_left': 'API key left by its creator',
}

/** Those of a group by its key, or one by itself; null where there is no such thing. */
export function typesOfKind(kind: string): readonly EventType[] | null {
  const group = EVENT_GROUPS.find(({ key }) => key === kind)
  if (group !== undefined) return group.types
  const type = EVENT_TYPES.find((one) => one === kind)
  return type === undefined ? null : [type]
}
