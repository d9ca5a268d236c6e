import { expect } from 'vitest'
import { hashOf } from '../../docs/verify-export.mjs'
import type { Act } from './commands.ts'
import type { RawRow, Rows } from './organization-rows.ts'
import { statusOf } from './reference/invitations.ts'
import { BUILT_IN, type ReferenceModel } from './reference/model.ts'

/* What must hold of an organization's rows after every command, whatever the command was. */

/** The rows say of everyone and everything what the model says. */
export function agreesWithModel(rows: Rows, model: ReferenceModel, now: number): void {
  const { organization } = model
  const shown = rows.organizations.map((row) => [row.name, row.ownership, row.seat_limit, row.deleted_at])
  expect(shown).toEqual(
    organization === null
      ? []
      : [[organization.name, organization.ownership, organization.seatLimit, organization.deletedAt]],
  )
  const members = rows.members.map((row) => [
    row.id,
    row.user_id,
    row.email,
    row.role,
    row.status,
    JSON.parse(String(row.profile)).name ?? null,
    row.person_revision,
    JSON.parse(String(row.external_ids)),
    endingOf(row),
  ])
  expect(members).toEqual(
    byId(model.members).map((member) => [
      member.id,
      member.userId,
      member.email,
      member.role,
      member.status,
      member.name,
      member.revision,
      member.externalIds,
      member.status === 'active'
        ? null
        : { decidedBy: member.decidedBy, returnAllowed: member.returnAllowed, attempted: member.attempted },
    ]),
  )
  const invitations = rows.invitations.map((row) => [
    row.id,
    row.email,
    row.role,
    isOpen(row, now) || row.status !== 'pending' ? row.status : 'expired',
    row.send_count,
    row.expires_at,
    row.member_id,
    row.maker_id,
  ])
  expect(invitations).toEqual(
    byId(model.invitations).map((invitation) => [
      invitation.id,
      invitation.email,
      invitation.role,
      statusOf(invitation, now),
      invitation.sends,
      invitation.expiresAt,
      invitation.memberId,
      invitation.maker,
    ]),
  )
  const roles = rows.roles.filter((row) => row.deleted === 0)
  expect(Object.fromEntries(roles.map((row) => [row.key, JSON.parse(String(row.permissions))]))).toEqual(
    Object.fromEntries(model.roles),
  )
  expect(
    rows.api_keys.map((row) => [
      row.id,
      row.revoked_at !== null,
      row.created_by_type === 'user' ? row.created_by_id : null,
      row.maker_left === 1,
    ]),
  ).toEqual(byId(model.keys).map(({ id, revoked, maker, left }) => [id, revoked, maker, left]))
}

function endingOf({ ending }: RawRow): object | null {
  if (ending === null || ending === undefined) return null
  const { by, connectionId, attempt, returnAllowed = false } = JSON.parse(String(ending))
  const isPerson = by === 'person' || by === 'themselves'
  return { decidedBy: isPerson ? by : `${by} ${connectionId}`, returnAllowed, attempted: attempt !== undefined }
}

/** The counts kept beside the rows are what counting the rows yields. */
export function countsAreRight({ ledger, members, invitations }: Rows): void {
  const active = members.filter(({ status }) => status === 'active')
  const having = (wanted: string) => members.filter(({ status }) => status === wanted).length
  expect(ledger).toMatchObject({
    active_members: active.length,
    suspended_members: having('suspended'),
    removed_members: having('removed'),
    active_owners: active.filter(({ role }) => role === 'owner').length,
    pending_invitations: invitations.filter(({ status }) => status === 'pending').length,
  })
}

/** Each source finds each member by their id, and no two members by the same. */
export function externalIdsAreFound({ members, external_ids: found }: Pick<Rows, 'members' | 'external_ids'>): void {
  const said = members.flatMap((row) =>
    Object.entries(JSON.parse(String(row.external_ids)) as Record<string, string>).map(
      ([source, externalId]) => `${source} ${externalId} ${row.id}`,
    ),
  )
  expect(found.map((row) => `${row.source} ${row.external_id} ${row.member_id}`).sort()).toEqual(said.sort())
}

/** One pending invitation and one member per address, one member per account. */
export function nobodyIsTwice({ members, invitations }: Rows): void {
  const present = members.filter(({ status }) => status !== 'removed')
  expectDistinct(present.map(({ email }) => email))
  expectDistinct(members.map((member) => member.user_id))
  expectDistinct(invitations.filter(({ status }) => status === 'pending').map(({ email }) => email))
}

export const activeOwners = ({ members }: Rows): number =>
  members.filter(({ role, status }) => role === 'owner' && status === 'active').length

export const usedSeats = ({ members, invitations }: Rows, now: number): number =>
  members.filter(({ status }) => status === 'active').length + invitations.filter((row) => isOpen(row, now)).length

/** Never more than the limit, unless it was lowered below what was used already. */
export function seatsHold(before: Rows, after: Rows, now: number): void {
  const limit = after.organizations[0]?.seat_limit ?? null
  if (limit !== null) expect(usedSeats(after, now)).toBeLessThanOrEqual(Math.max(Number(limit), usedSeats(before, now)))
}

/** Gapless numbers, and each hash what the verifier of the documentation makes of the entry as the API shows it. */
export function chainHolds(
  organizationId: string,
  events: readonly RawRow[],
  previous: { seq: number; hash: string },
): { seq: number; hash: string } {
  for (const row of events) {
    expect(row.seq).toBe(previous.seq + 1)
    const personal = row.personal === null ? {} : JSON.parse(String(row.personal))
    const shown = {
      object: 'event',
      id: row.id,
      organization_id: organizationId,
      seq: row.seq,
      type: row.type,
      occurred_at: new Date(Number(row.occurred_at)).toISOString(),
      actor: { type: row.actor_type, id: row.actor_id },
      via: row.via_type === null ? null : { type: row.via_type, id: row.via_id },
      target: { type: row.target_type, id: row.target_id },
      data: { ...JSON.parse(String(row.data)), ...personal },
      ...(row.personal_hash !== null && { personal: { fields: Object.keys(personal), sha256: row.personal_hash } }),
    }
    const hash = hashOf(previous.hash, shown)
    expect(row.hash).toBe(hash)
    previous = { seq: previous.seq + 1, hash }
  }
  return previous
}

/** Without these a row is what clients see of it; nobody asks for a change of the others. */
const UNASKED = {
  ...{ revision: 0, version: 0, person_name: '', person_revision: 0 },
  ...{ last_sign_in_at: 0, delivery: '', last_used_at: 0 },
}
const asked = (row: RawRow): string => JSON.stringify({ ...row, ...UNASKED })
const written = (row: RawRow): string => JSON.stringify({ ...row, revision: 0, version: 0 })

/**
 * What was written has the new version, so that the relay sends it; what was not written keeps its own. The same holds for
 * the revision of what somebody asked to change. An event raises the organization's revision.
 */
export function changesAreRevised(before: Rows, after: Rows): void {
  const [oldRevision, oldVersion] = [Number(before.ledger.revision ?? 0), Number(before.ledger.version ?? 0)]
  const [revision, version] = [Number(after.ledger.revision), Number(after.ledger.version)]
  if (after.ledger.event_seq !== before.ledger.event_seq) expect(revision).toBe(oldRevision + 1)
  for (const table of ['organizations', 'members', 'invitations', 'roles', 'api_keys'] as const) {
    const known = new Map(before[table].map((row) => [row.id ?? row.key, row]))
    for (const row of after[table]) {
      const former = known.get(row.id ?? row.key)
      const isWritten = former === undefined || written(former) !== written(row)
      const isChanged = former === undefined || asked(former) !== asked(row)
      if (isWritten) expect(row.version).toBeGreaterThan(oldVersion)
      if (isChanged) expect(row.revision).toBeGreaterThan(oldRevision)
      else if (isWritten) expect(row.revision).toBe(former?.revision)
      expect(row.version).toBeLessThanOrEqual(version)
      expect(row.revision).toBeLessThanOrEqual(revision)
    }
  }
}

/** Rows without what the use of a key leaves behind. */
export const contentOf = ({ organizations, members, invitations, roles, api_keys: keys }: Rows): string =>
  JSON.stringify(
    [organizations, members, invitations, roles, keys.map((key) => ({ ...key, last_used_at: 0 }))],
    (name, value) => (name === 'revision' || name === 'version' ? undefined : value),
  )

/** What of the people who belong to the organization is a matter of its history when their accounts change. */
export const shownOf = ({ members }: Pick<Rows, 'members'>): string =>
  JSON.stringify(
    members
      .filter(({ status }) => status !== 'removed')
      .map(({ id, email, profile, attributes }) => [id, email, JSON.parse(String(profile)).name, attributes]),
  )

/** These commands give to people what was theirs by an invitation, or by being the first. */
const GIVES_WHAT_WAS_PROMISED = new Set(['AcceptInvitation', 'CreateOrganization', 'TransferOwnership'])

/** Nobody hands out a permission that they lack, and only who manages owners makes one. */
export function nothingEscalates(before: Rows, after: Rows, { command, now }: Act, may: ReadonlySet<string>): void {
  const [held, holds] = [holdings(before, now), holdings(after, now)]
  for (const [holder, permissions] of holds) {
    const former = held.get(holder) ?? new Set()
    const given = [...permissions].filter((permission) => !former.has(permission) && !may.has(permission))
    if (!GIVES_WHAT_WAS_PROMISED.has(command.type)) expect(given).toEqual([])
  }
  const owners = (rows: Rows) => rows.members.filter(({ role, status }) => role === 'owner' && status !== 'removed')
  const known = new Set(owners(before).map(({ id }) => id))
  const fresh = owners(after).filter(({ id }) => !known.has(id))
  if (fresh.length === 0 || may.has('owners:manage') || command.type === 'CreateOrganization') return
  const promised = before.invitations
    .filter((row) => row.role === 'owner' && isOpen(row, now))
    .map(({ email }) => email)
  expect(command.type).toBe('AcceptInvitation')
  expect(promised).toEqual(expect.arrayContaining(fresh.map(({ email }) => email)))
}

/** Who holds or is promised which permissions. */
function holdings({ members, invitations, roles, api_keys: keys }: Rows, now: number): Map<string, Set<string>> {
  const custom = new Map(
    roles.filter((row) => row.deleted === 0).map((row) => [row.key, JSON.parse(String(row.permissions)) as string[]]),
  )
  const of = (role: unknown) => new Set(BUILT_IN.get(String(role)) ?? custom.get(String(role)) ?? [])
  return new Map<string, Set<string>>([
    ...members.filter(({ status }) => status !== 'removed').map((row) => [`member ${row.id}`, of(row.role)] as const),
    ...invitations.filter((row) => isOpen(row, now)).map((row) => [`invitation ${row.id}`, of(row.role)] as const),
    ...[...custom].map(([key, permissions]) => [`role ${key}`, new Set(permissions)] as const),
    ...keys
      .filter((row) => row.revoked_at === null)
      .map((row) => [`key ${row.id}`, new Set(JSON.parse(String(row.permissions)) as string[])] as const),
  ])
}

const isOpen = (row: RawRow, now: number): boolean => row.status === 'pending' && now < Number(row.expires_at)

const byId = <T extends { readonly id: string }>(things: ReadonlyMap<string, T>): T[] =>
  [...things.values()].sort((one, other) => (one.id < other.id ? -1 : 1))

const expectDistinct = (values: readonly unknown[]): void => expect(new Set(values).size).toBe(values.length)
