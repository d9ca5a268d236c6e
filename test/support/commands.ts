import { ALWAYS_FRESH, type Caller } from '../../src/membership/actor.ts'
import type { UnusableRow } from '../../src/membership/arrival.ts'
import type { BulkMode } from '../../src/membership/bulk.ts'
import type * as Commands from '../../src/membership/commands.ts'
import type { Command } from '../../src/membership/commands.ts'
import { daysToMs } from '../../src/membership/invitation.ts'
import type { Permission } from '../../src/membership/permissions.ts'

/** Commands as a test says them: by names and addresses, with everything that does not matter filled in. */

export const noon = Date.UTC(2030, 0, 1, 12)
export const seconds = (count: number): number => count * 1000
export const minutes = (count: number): number => count * 60_000
export const days = daysToMs

/** A command, who gives it, and at what time of the organization's clock. */
export interface Act<C extends Command = Command> {
  readonly caller: Caller
  readonly command: C
  readonly now: number
}

/** `operator`, `system`, or the name of a person; or any caller. */
export type By = string | Caller
interface Circumstances {
  readonly by?: By
  readonly now?: number
}
type Options<C extends Command, Given extends keyof C = never> = Circumstances & Partial<Omit<C, 'type' | Given>>

/** What has become of whose account, at which revision of it. */
type Changed = Partial<Omit<Commands.Account, 'userId'>> & { readonly who: string; readonly revision: number }

/** A person who arrives. Fields that are not given are as `person` has them, and the role is `member`. */
type Row = string | UnusableRow | (Partial<Commands.Arrival> & { readonly who: string })

export const keyCaller = (name: string): Caller => ({ type: 'api_key', secretHash: `hash of ${name}` })
export const emailOf = (name: string): string => (name.includes('@') ? name : `${name}@x.test`)

/** `scope` keeps the ids of one organization apart from those of another in the same directory. */
export function idsIn(scope: string) {
  const id = (prefix: string, name: string) => `${prefix}_${scope}${name}`
  return {
    organization: scope === '' ? 'org_acme' : scope,
    person: (name: string): Commands.Person => ({
      memberId: id('mem', name),
      userId: id('usr', name),
      email: emailOf(name),
      name: null,
    }),
    invitation: (email: string) => id('inv', email),
    key: (name: string) => id('key', name),
    caller(by: By): Caller {
      if (typeof by !== 'string') return by
      if (by === 'operator') return { type: 'operator' }
      if (by === 'system') return { type: 'system', process: 'cron' }
      return { type: 'user', userId: id('usr', by), freshUntil: ALWAYS_FRESH }
    },
  }
}

const TERMS: Commands.InvitationTerms = { defaultLifetimeMs: days(15), mailsPerDay: 2000 }

/** One function per command; `by` is the operator and `now` is noon where a test does not say otherwise. */
export function commandsIn(scope: string) {
  const ids = idsIn(scope)
  const act = <C extends Command>(command: C, { by = 'operator', now = noon, ...fields }: Options<C>): Act<C> => ({
    caller: ids.caller(by),
    command: { ...command, ...fields },
    now,
  })
  return {
    createOrganization: (options: Options<Commands.CreateOrganization> = {}) =>
      act<Commands.CreateOrganization>(
        {
          type: 'CreateOrganization',
          organizationId: ids.organization,
          name: 'Acme',
          slug: 'acme',
          externalId: null,
          ownership: 'multiple',
          seatLimit: null,
          upgradeUrl: null,
          owner: null,
          claimedAt: options.now ?? noon,
        },
        options,
      ),
    updateOrganization: (options: Options<Commands.UpdateOrganization>) =>
      act<Commands.UpdateOrganization>({ type: 'UpdateOrganization' }, options),
    deleteOrganization: (options: Circumstances = {}) => act({ type: 'DeleteOrganization' }, options),
    restoreOrganization: (options: Circumstances = {}) => act({ type: 'RestoreOrganization' }, options),

    /** The invitation that comes of it has the id of `invitationId(email)` unless it is given another. */
    inviteMember: (email: string, options: Options<Commands.InviteMember, 'email'> = {}) =>
      act<Commands.InviteMember>(
        {
          type: 'InviteMember',
          invitationId: ids.invitation(email),
          email,
          name: null,
          role: 'member',
          expiresAt: null,
          sendEmail: true,
          ...TERMS,
        },
        options,
      ),
    bulkInvite: (
      rows: readonly (string | { readonly email: string; readonly role?: string })[],
      { mode = 'each', dryRun = false, ...options }: Options<Commands.BulkInvite, 'rows'> & { mode?: BulkMode } = {},
    ) =>
      act<Commands.BulkInvite>(
        {
          type: 'BulkInvite',
          rows: rows.map((row) => bulkRow(typeof row === 'string' ? { email: row } : row, ids.invitation)),
          mode,
          dryRun,
          ...TERMS,
        },
        options,
      ),
    resendInvitation: (email: string, options: Options<Commands.ResendInvitation> = {}) =>
      act<Commands.ResendInvitation>(
        { type: 'ResendInvitation', invitationId: ids.invitation(email), ...TERMS },
        options,
      ),
    cancelInvitation: (email: string, options: Options<Commands.CancelInvitation> = {}) =>
      act<Commands.CancelInvitation>({ type: 'CancelInvitation', invitationId: ids.invitation(email) }, options),
    /** `name` is who accepts; it is the invitation of their address unless `invitationId` says another. */
    acceptInvitation: (name: string, options: Options<Commands.AcceptInvitation> = {}) =>
      act<Commands.AcceptInvitation>(
        {
          type: 'AcceptInvitation',
          invitationId: ids.invitation(emailOf(name)),
          sendNumber: 1,
          person: ids.person(name),
        },
        { by: name, ...options },
      ),
    declineInvitation: (email: string, options: Options<Commands.DeclineInvitation> = {}) =>
      act<Commands.DeclineInvitation>(
        { type: 'DeclineInvitation', invitationId: ids.invitation(email), sendNumber: 1 },
        { by: { type: 'invitee', invitationId: ids.invitation(email), sendNumber: 1 }, ...options },
      ),
    expireInvitations: (options: Options<Commands.ExpireInvitations> = {}) =>
      act<Commands.ExpireInvitations>({ type: 'ExpireInvitations', limit: 100 }, { by: 'system', ...options }),
    recordDelivery: (
      email: string,
      delivery: 'sent' | 'failed',
      { sendNumber = 1, ...options }: Circumstances & { readonly sendNumber?: number } = {},
    ) =>
      act<Commands.RecordDeliveries>(
        { type: 'RecordDeliveries', deliveries: [{ invitationId: ids.invitation(email), sendNumber, delivery }] },
        { by: { type: 'system', process: 'mail' }, ...options },
      ),

    addMember: (name: string, options: Options<Commands.AddMember> = {}) =>
      act<Commands.AddMember>(
        { type: 'AddMember', person: ids.person(name), role: 'member', source: 'added', profile: {} },
        options,
      ),
    /** People by name, as they are added; or rows that name nobody. */
    addMembers: (
      rows: readonly Row[],
      { source = 'added', mode = 'each', dryRun = false, ...options }: Options<Commands.AddMembers, 'rows'> = {},
    ) => act<Commands.AddMembers>({ type: 'AddMembers', source, rows: rows.map(rowOf), mode, dryRun }, options),
    allowReturn: (name: string, options: Circumstances = {}) =>
      act<Commands.AllowReturn>({ type: 'AllowReturn', ...memberId(name) }, options),
    updateMember: (name: string, options: Options<Commands.UpdateMember>) =>
      act<Commands.UpdateMember>({ type: 'UpdateMember', ...memberId(name) }, options),
    /** Accounts as they are by now; what is not said is as `person` has it. */
    updatePeople: (people: readonly Changed[], options: Circumstances = {}) =>
      act<Commands.UpdatePeople>(
        { type: 'UpdatePeople', people: people.map(accountOf) },
        { by: { type: 'system', process: 'accounts' }, ...options },
      ),
    erasePerson: (name: string, options: Options<Commands.ErasePerson> = {}) =>
      act<Commands.ErasePerson>(
        { type: 'ErasePerson', userId: ids.person(name).userId, email: emailOf(name), afterSeq: 0 },
        { by: { type: 'system', process: 'accounts' }, ...options },
      ),
    suspendMember: (name: string, options: Circumstances = {}) =>
      act<Commands.SuspendMember>({ type: 'SuspendMember', ...memberId(name) }, options),
    reactivateMember: (name: string, options: Circumstances = {}) =>
      act<Commands.ReactivateMember>({ type: 'ReactivateMember', ...memberId(name) }, options),
    previewDeparture: (name: string, options: Options<Commands.PreviewDeparture> = {}) =>
      act<Commands.PreviewDeparture>({ type: 'PreviewDeparture', ...memberId(name) }, options),
    removeMember: (name: string, options: Options<Commands.RemoveMember> = {}) =>
      act<Commands.RemoveMember>({ type: 'RemoveMember', ...memberId(name) }, options),
    leave: (name: string, options: Circumstances = {}) =>
      act<Commands.Leave>({ type: 'Leave' }, { by: name, ...options }),
    transferOwnership: (to: string, options: Circumstances = {}) =>
      act<Commands.TransferOwnership>({ type: 'TransferOwnership', ...memberId(to) }, options),

    createRole: (key: string, permissions: readonly Permission[], options: Options<Commands.CreateRole> = {}) =>
      act<Commands.CreateRole>({ type: 'CreateRole', key, name: key, description: '', permissions }, options),
    updateRole: (key: string, options: Options<Commands.UpdateRole>) =>
      act<Commands.UpdateRole>({ type: 'UpdateRole', key }, options),
    deleteRole: (key: string, options: Options<Commands.DeleteRole> = {}) =>
      act<Commands.DeleteRole>({ type: 'DeleteRole', key, reassignTo: null }, options),
    createApiKey: (name: string, permissions: readonly Permission[], options: Options<Commands.CreateApiKey> = {}) =>
      act<Commands.CreateApiKey>(
        {
          type: 'CreateApiKey',
          keyId: ids.key(name),
          name,
          permissions,
          secretHash: `hash of ${name}`,
          lastFour: '1234',
          expiresAt: null,
        },
        options,
      ),
    revokeApiKey: (name: string, options: Circumstances = {}) =>
      act<Commands.RevokeApiKey>({ type: 'RevokeApiKey', keyId: ids.key(name) }, options),
  }

  function accountOf({ who, ...changes }: Changed): Commands.Account {
    const { memberId: _, ...account } = ids.person(who)
    return { ...account, attributes: {}, lastSignInAt: null, ...changes }
  }

  function rowOf(row: Row): Commands.Arrival | UnusableRow {
    if (typeof row === 'string') return rowOf({ who: row })
    if ('unusable' in row) return row
    const { who, ...fields } = row
    return { person: ids.person(who), role: 'member', profile: {}, ...fields }
  }

  function memberId(name: string) {
    return { memberId: ids.person(name).memberId }
  }
}

/** What is no address in a test has no `@`, or a space. */
function bulkRow({ email, role = 'member' }: { email: string; role?: string }, id: (email: string) => string) {
  const normalizedEmail = /^[^\s@]+@[^\s@]+$/.test(email) ? email : null
  return { invitationId: id(email), email, normalizedEmail, name: null, role }
}
