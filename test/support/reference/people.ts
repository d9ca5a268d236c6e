import type { Account } from '../../../src/membership/commands.ts'
import type { Permission } from '../../../src/membership/permissions.ts'
import { arrival, end, secondOwner, settle, takeOver, undoes } from './arrivals.ts'
import { type Judgement, judged, type Rules, refusedWith, type Situation } from './judgement.ts'
import { changes, lacks, type ModelMember, mayActOn, mayGive, NOT_ENDED, type ReferenceModel } from './model.ts'

export const peopleRules: Rules<
  | 'AddMember'
  | 'AllowReturn'
  | 'UpdateMember'
  | 'UpdatePeople'
  | 'ErasePerson'
  | 'SuspendMember'
  | 'ReactivateMember'
  | 'RemoveMember'
  | 'PreviewDeparture'
  | 'Leave'
  | 'TransferOwnership'
> = {
  AddMember({ model, rights, now }, command) {
    if (!rights.everything) return refusedWith(rights.member === null && !rights.key ? 'not_found' : 'forbidden')
    const isActive = model.memberWhere(({ userId }) => userId === command.person.userId)?.status === 'active'
    const { broken, success, apply } = arrival({ model, rights, now }, command, command.source)
    const nothing = broken.length === 0 && success === 'unchanged'
    return { broken: isActive || nothing ? [...broken, 'already_member'] : broken, apply }
  },

  AllowReturn({ model, rights }, { memberId }) {
    const refusal = lacks(rights, 'members:manage')
    if (refusal !== null) return refusedWith(refusal)
    const member = model.members.get(memberId)
    if (member === undefined || member.email.endsWith('@deleted.invalid')) return refusedWith('not_found')
    const hasLeft = member.status !== 'active' && member.decidedBy === 'themselves' && !member.returnAllowed
    return judged(
      [
        [!mayActOn(rights, member.role, model.grants(member.role)), 'forbidden'],
        [hasLeft, 'invalid'],
      ],
      () => {
        if (member.status !== 'active') member.returnAllowed = true
      },
    )
  },

  UpdatePeople({ model, rights, now }, { people }) {
    if (!rights.everything) return refusedWith(rights.member === null && !rights.key ? 'not_found' : 'forbidden')
    return judged([], () => follow(model, people, now))
  },

  ErasePerson({ model, rights, now }, { userId, email }) {
    if (!rights.everything) return refusedWith(rights.member === null && !rights.key ? 'not_found' : 'forbidden')
    const member = model.memberWhere((one) => one.userId === userId)
    const alive = model.organization?.deletedAt === null
    return judged([[alive && member !== undefined && isLastOwner(model, member), 'last_owner']], () => {
      const nowhere = `${userId}@deleted.invalid`
      for (const invitation of model.invitations.values()) {
        const theirs = invitation.email === email || (member !== undefined && invitation.memberId === member.id)
        if (!theirs) continue
        const settled = model.open(now).includes(invitation) ? 'canceled' : 'expired'
        Object.assign(invitation, { email: nowhere, ...(invitation.status === 'pending' ? { status: settled } : {}) })
      }
      const nothing = {
        status: 'removed',
        email: nowhere,
        name: null,
        ownName: null,
        revision: Number.MAX_SAFE_INTEGER,
      }
      if (member === undefined || member.email === nowhere) return
      end(member, 'removed', rights)
      Object.assign(member, { ...nothing, externalIds: {} })
    })
  },

  UpdateMember(situation, { memberId, role, profile, keep = [] }) {
    return onMember(situation, memberId, (member) => {
      const { model, rights } = situation
      const changes = role !== undefined && role !== member.role
      const kept = changes ? keeping(situation, member, model.grants(role), keep) : KEEPING_NOTHING
      return judged(
        [
          [!mayActOn(rights, member.role, model.grants(member.role)), 'forbidden'],
          [role !== undefined && !model.roleExists(role), 'invalid'],
          [changes && !mayGive(rights, role, model.grants(role)), 'forbidden'],
          [changes && role === 'owner' && model.organization?.ownership === 'single', 'single_owner'],
          [changes && isLastOwner(model, member), 'last_owner'],
          ...kept.broken,
        ],
        () => {
          kept.apply()
          member.role = role ?? member.role
          if (changes) model.endWhatIsUnfounded(situation.now, (userId) => userId === member.userId)
          member.name = profile?.name ?? member.name
        },
      )
    })
  },

  SuspendMember(situation, { memberId }) {
    return onMember(situation, memberId, (member) => {
      const { model, rights } = situation
      return judged(
        [
          [!mayActOn(rights, member.role, model.grants(member.role)), 'forbidden'],
          [isLastOwner(model, member), 'last_owner'],
        ],
        () => {
          if (member.status === 'active') end(member, 'suspended', rights)
          else takeOver(member, rights)
        },
      )
    })
  },

  ReactivateMember(situation, { memberId }) {
    return onMember(situation, memberId, (member) => {
      const { model, rights, now } = situation
      const comesBack = member.status === 'suspended'
      return judged(
        [
          [!mayActOn(rights, member.role, model.grants(member.role)), 'forbidden'],
          [comesBack && rights.process?.name === 'scim' && !undoes('scim', member, rights), 'suspended_by_admin'],
          [comesBack && secondOwner(model, member.role), 'single_owner'],
          [comesBack && model.full(now), 'seat_limit_reached'],
        ],
        () => {
          Object.assign(member, { status: 'active', ...NOT_ENDED })
        },
      )
    })
  },

  RemoveMember(situation, { memberId, keep = [] }) {
    const { model, rights } = situation
    const refusal = lacks(rights, 'members:manage')
    if (refusal !== null) return refusedWith(refusal)
    const member = model.members.get(memberId)
    if (member === undefined) return refusedWith('not_found')
    const kept = member.status === 'removed' ? KEEPING_NOTHING : keeping(situation, member, null, keep)
    return judged(
      [
        [!mayActOn(rights, member.role, model.grants(member.role)), 'forbidden'],
        [isLastOwner(model, member), 'last_owner'],
        ...kept.broken,
      ],
      () => {
        kept.apply()
        if (member.status !== 'removed') end(member, 'removed', rights)
        else takeOver(member, rights)
      },
    )
  },

  /** The same refusals as if it were done, and nothing is done. */
  PreviewDeparture(situation, { memberId: named, role, keep = [] }) {
    const { model, rights } = situation
    const memberId = named ?? rights.member?.id ?? ''
    if (role !== undefined) {
      const { broken } = peopleRules.UpdateMember(situation, { type: 'UpdateMember', memberId, role, keep })
      return { broken, apply: () => {} }
    }
    if (rights.member === null || rights.member.id !== memberId) {
      const { broken } = peopleRules.RemoveMember(situation, { type: 'RemoveMember', memberId, keep })
      return { broken, apply: () => {} }
    }
    const kept = keeping(situation, rights.member, null, keep)
    return judged([[isLastOwner(model, rights.member), 'last_owner'], ...kept.broken], () => {})
  },

  Leave({ model, rights: { member } }) {
    if (member === null) return refusedWith('not_found')
    return judged([[isLastOwner(model, member), 'last_owner']], () => {
      Object.assign(member, { ...NOT_ENDED, status: 'removed', decidedBy: 'themselves' })
    })
  },

  TransferOwnership({ model, rights }, { memberId }) {
    const refusal = lacks(rights, 'owners:manage')
    if (refusal !== null) return refusedWith(refusal)
    const member = model.members.get(memberId)
    if (member === undefined || member.status === 'removed') return refusedWith('not_found')
    if (member.status === 'suspended') return refusedWith('member_not_active')
    const single = model.organization?.ownership === 'single'
    const outgoing = single ? model.activeOwners()[0] : rights.member
    return judged([], () => {
      if (outgoing === member) return
      member.role = 'owner'
      if (outgoing !== undefined && outgoing !== null) outgoing.role = 'admin'
    })
  },
}

interface Keeping {
  readonly broken: readonly (readonly [boolean, string])[]
  readonly apply: () => void
}

const KEEPING_NOTHING: Keeping = { broken: [], apply: () => {} }

/** What the actor takes over of what this person could no longer make with the permissions that remain. */
function keeping(
  { model, rights, now }: Situation,
  { userId }: ModelMember,
  /** Null: the person goes. */
  remaining: readonly Permission[] | null,
  keep: readonly string[] | 'all',
): Keeping {
  const left = { permissions: new Set(remaining ?? []) }
  const actor = rights.maker === userId ? left : rights
  const invitations = model
    .open(now)
    .filter(({ maker, role }) => maker === userId && !mayInvite(left.permissions, role, model))
  const keys = [...model.keys.values()].filter((key) => {
    const lacking = key.permissions.filter((permission) => !left.permissions.has(permission))
    const passes = lacking.some(changes) || ((remaining === null || lacking.length > 0) && !key.left)
    return key.maker === userId && !key.revoked && passes
  })
  const isKept = ({ id }: { readonly id: string }) => keep === 'all' || keep.includes(id)
  const ids = [...invitations, ...keys].map(({ id }) => id)
  return {
    broken: [
      [keep !== 'all' && keep.some((id) => !ids.includes(id)), 'invalid'],
      [invitations.filter(isKept).some(({ role }) => !mayInvite(actor.permissions, role, model)), 'forbidden'],
      [
        keys.filter(isKept).some(({ permissions }) => {
          const needed: readonly Permission[] = ['api_keys:manage', ...permissions]
          return needed.some((permission) => !actor.permissions.has(permission))
        }),
        'forbidden',
      ],
    ],
    apply: () => {
      for (const invitation of invitations.filter(isKept)) invitation.maker = rights.maker
      for (const key of keys.filter(isKept)) Object.assign(key, { maker: rights.maker, left: true })
    },
  }
}

const mayInvite = (permissions: ReadonlySet<Permission>, role: string, model: ReferenceModel): boolean =>
  permissions.has('members:manage') && mayGive({ permissions }, role, model.grants(role))

function onMember(
  { model, rights }: Situation,
  memberId: string,
  judge: (member: ModelMember) => Judgement,
): Judgement {
  const refusal = lacks(rights, 'members:manage')
  if (refusal !== null) return refusedWith(refusal)
  const member = model.members.get(memberId)
  return member === undefined || member.status === 'removed' ? refusedWith('not_found') : judge(member)
}

const isLastOwner = (model: ReferenceModel, member: ModelMember): boolean =>
  member.role === 'owner' && member.status === 'active' && model.activeOwners().length === 1

/** Everyone whose account is ahead of their row, unless two would then belong here under one address. */
function follow(model: ReferenceModel, people: readonly Account[], now: number): void {
  const after = new Map([...model.members].map(([id, member]) => [id, { ...member }]))
  for (const { userId, email, name, revision } of people) {
    const member = [...after.values()].find((one) => one.userId === userId)
    if (member === undefined || member.revision >= revision) continue
    Object.assign(member, { email, revision, ownName: name, name: member.ownName === name ? member.name : name })
  }
  const addresses = [...after.values()].filter(({ status }) => status !== 'removed').map(({ email }) => email)
  if (new Set(addresses).size < addresses.length) return
  for (const [id, member] of after) model.members.set(id, member)
  for (const member of after.values()) if (member.status !== 'removed') settle(model, member, now)
}
