import type { Command, CommandType, CommandValues } from '../membership/commands.ts'
import type { Query } from '../membership/queries.ts'

/** One resource of an organization, which has a revision of its own: the one of its row. */
export type Resource =
  | { readonly type: 'organization' }
  | { readonly type: 'member' | 'invitation' | 'role' | 'api_key'; readonly id: string }

const ORGANIZATION: Resource = { type: 'organization' }
const member = (id: string): Resource => ({ type: 'member', id })
const invitation = (id: string): Resource => ({ type: 'invitation', id })
const role = (id: string): Resource => ({ type: 'role', id })
const apiKey = (id: string): Resource => ({ type: 'api_key', id })

/** The resource in the path of a write: `If-Match` names its revision. Null: the write goes to a collection. */
export function resourceOf(command: Command): Resource | null {
  switch (command.type) {
    case 'UpdateOrganization':
    case 'DeleteOrganization':
    case 'RestoreOrganization':
    case 'TransferOwnership':
    case 'Leave':
      return ORGANIZATION
    case 'UpdateMember':
    case 'SuspendMember':
    case 'ReactivateMember':
    case 'RemoveMember':
    case 'AllowReturn':
      return member(command.memberId)
    case 'PreviewDeparture':
      return command.memberId === undefined ? ORGANIZATION : member(command.memberId)
    case 'ResendInvitation':
    case 'CancelInvitation':
    case 'AcceptInvitation':
    case 'DeclineInvitation':
      return invitation(command.invitationId)
    case 'UpdateRole':
    case 'DeleteRole':
      return role(command.key)
    case 'RevokeApiKey':
      return apiKey(command.keyId)
    case 'CreateOrganization':
    case 'InviteMember':
    case 'BulkInvite':
    case 'ExpireInvitations':
    case 'RecordDeliveries':
    case 'AddMember':
    case 'AddMembers':
    case 'UpdatePeople':
    case 'ErasePerson':
    case 'CreateRole':
    case 'CreateApiKey':
      return null
  }
}

type Shown = { readonly [T in CommandType]: ((value: CommandValues[T]) => Resource) | null }

/** The resource that the answer to a command shows, if it is one. */
const SHOWN: Shown = {
  CreateOrganization: () => ORGANIZATION,
  UpdateOrganization: () => ORGANIZATION,
  DeleteOrganization: null,
  RestoreOrganization: () => ORGANIZATION,
  InviteMember: ({ id }) => invitation(id),
  BulkInvite: null,
  ResendInvitation: ({ id }) => invitation(id),
  CancelInvitation: ({ id }) => invitation(id),
  AcceptInvitation: null,
  DeclineInvitation: null,
  ExpireInvitations: null,
  RecordDeliveries: null,
  AddMember: ({ id }) => member(id),
  AddMembers: null,
  AllowReturn: ({ id }) => member(id),
  UpdateMember: ({ id }) => member(id),
  UpdatePeople: null,
  ErasePerson: null,
  SuspendMember: ({ id }) => member(id),
  ReactivateMember: ({ id }) => member(id),
  RemoveMember: null,
  PreviewDeparture: null,
  Leave: null,
  TransferOwnership: ({ id }) => member(id),
  CreateRole: ({ key }) => role(key),
  UpdateRole: ({ key }) => role(key),
  DeleteRole: null,
  CreateApiKey: ({ id }) => apiKey(id),
  RevokeApiKey: null,
}

export function shownBy<T extends CommandType>(type: T, value: CommandValues[T]): Resource | null {
  return SHOWN[type]?.(value) ?? null
}

/** The resource that the answer to a question shows, if it is one. */
export function askedFor(query: Query): Resource | null {
  switch (query.type) {
    case 'GetOrganization':
    case 'ViewTeam':
      return ORGANIZATION
    case 'GetMember':
    case 'ViewMember':
      return member(query.memberId)
    case 'GetInvitation':
      return invitation(query.invitationId)
    case 'GetRole':
      return role(query.key)
    case 'GetApiKey':
      return apiKey(query.keyId)
    default:
      return null
  }
}
