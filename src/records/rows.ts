import type { Actor } from '../membership/actor.ts'
import type { ApiKey } from '../membership/api-key.ts'
import type { EventData, OrganizationEvent, PersonalData } from '../membership/event.ts'
import type { Invitation } from '../membership/invitation.ts'
import type { Member } from '../membership/member.ts'
import type { Organization } from '../membership/organization.ts'
import type { Role } from '../membership/roles.ts'
import type { ApiKeyRow, EventRow, InvitationRow, MemberRow, OrganizationRow, RoleRow } from './tables.ts'

/* Between what rules speak of and what tables hold, in one place per thing. `revision` and `version` are set by the store. */

type Unrevised<T> = Omit<T, 'revision' | 'version'>

/** How names and addresses are compared in lists and searches. */
export const fold = (text: string): string => text.normalize('NFKC').toLowerCase()

const actor = (type: Actor['type'], id: string | null): Actor => ({ type, id })

/** As both logs keep who did something. */
export const actorColumns = ({ type, id, via }: Actor) => ({
  actorType: type,
  actorId: id,
  viaType: via?.type ?? null,
  viaId: via?.id ?? null,
})

export function actorOfColumns({ actorType, actorId, viaType, viaId }: ReturnType<typeof actorColumns>): Actor {
  const named = actor(actorType, actorId)
  return viaType === null ? named : { ...named, via: { type: viaType, id: viaId } }
}

export const organizationRow = (organization: Organization): Unrevised<OrganizationRow> => ({
  ...organization,
  nameKey: fold(organization.name),
})

export const organizationOf = ({
  nameKey: _,
  revision: __,
  version: ___,
  ...organization
}: OrganizationRow): Organization => organization

export const memberRow = (member: Member): Unrevised<MemberRow> => ({
  ...member,
  ending: member.ending === null ? null : JSON.stringify(member.ending),
  nameKey: fold(member.profile.name ?? member.email),
})

export const memberOf = ({ nameKey: _, revision: __, version: ___, ending, ...member }: MemberRow): Member => ({
  ...member,
  ending: ending === null ? null : JSON.parse(ending),
})

export const invitationRow = ({ invitedBy, ...invitation }: Invitation): Unrevised<InvitationRow> => ({
  ...invitation,
  nameKey: fold(invitation.name ?? invitation.email),
  invitedByType: invitedBy.type,
  invitedById: invitedBy.id,
})

export function invitationOf(row: InvitationRow): Invitation {
  const { nameKey: _, revision: __, version: ___, invitedByType, invitedById, ...invitation } = row
  return { ...invitation, invitedBy: actor(invitedByType, invitedById) }
}

export const roleRow = (organizationId: string, { builtIn: _, ...role }: Role): Unrevised<RoleRow> => ({
  organizationId,
  ...role,
  deleted: false,
})

export const roleOf = ({ key, name, description, permissions }: RoleRow): Role => ({
  key,
  name,
  description,
  permissions,
  builtIn: false,
})

export const apiKeyRow = ({ createdBy, ...key }: ApiKey): Unrevised<ApiKeyRow> => ({
  ...key,
  createdByType: createdBy.type,
  createdById: createdBy.id,
})

export const apiKeyOf = ({ createdByType, createdById, revision: _, version: __, ...key }: ApiKeyRow): ApiKey => ({
  ...key,
  createdBy: actor(createdByType, createdById),
})

/** The data of the row is what is not personal. */
export const eventRow = ({ organizationId: _, actor, target, personal, ...event }: OrganizationEvent): EventRow => ({
  ...event,
  ...personalColumns(event.data, personal),
  ...actorColumns(actor),
  targetType: target.type,
  targetId: target.id,
})

function personalColumns(data: EventData, personal: PersonalData | null) {
  if (personal === null) return { data, personal: null, salt: null, personalHash: null }
  const isPersonal = ([field]: readonly [string, unknown]) => personal.fields.includes(field)
  const fields = Object.entries(data)
  return {
    data: Object.fromEntries(fields.filter((field) => !isPersonal(field))),
    personal: personal.salt === null ? null : JSON.stringify(Object.fromEntries(fields.filter(isPersonal))),
    salt: personal.salt,
    personalHash: personal.sha256,
  }
}

export const eventOf =
  (organizationId: string) =>
  (row: EventRow): OrganizationEvent => {
    const { actorType, actorId, viaType, viaId, targetType, targetId, personal, salt, personalHash, ...event } = row
    const values = personal === null ? {} : (JSON.parse(personal) as EventData)
    return {
      ...event,
      organizationId,
      actor: actorOfColumns({ actorType, actorId, viaType, viaId }),
      target: { type: targetType, id: targetId },
      data: { ...event.data, ...values },
      personal: personalHash === null ? null : { fields: Object.keys(values), salt, sha256: personalHash },
    }
  }
