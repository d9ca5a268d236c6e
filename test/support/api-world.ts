import { env } from 'cloudflare:workers'
import { typeidUnboxed } from 'typeid-js'
import { type StartedSession, startSession } from '../../src/accounts/sessions.ts'
import type * as contract from '../../src/contract/resources.ts'
import { as, bearer, type Client, operator } from './api.ts'
import {
  created,
  type Invited,
  type Member,
  newInvitation,
  newMember,
  newOrganization,
  type Person,
  remove,
  suspend,
  type Team,
} from './api-builders.ts'

/** One organization with everybody in it who matters to a security case, and somebody who has one of their own. */
export interface World {
  readonly team: Team
  readonly admin: Member
  readonly member: Member
  readonly suspended: Member
  readonly removed: Member
  /** An owner, of another organization, and a key of theirs that may do everything there. */
  readonly stranger: Person
  readonly strangeKey: Client
  readonly invitation: Invited
  readonly apiKeyId: string
  readonly operatorKeyId: string
  /** Of the member. */
  readonly identityId: string
  /** Of the member. */
  readonly session: StartedSession
}

/** Of all worlds together. */
const ATTRIBUTE = 'unit'

/** What calls of routes are about. */
export type Ground = Omit<World, 'admin' | 'suspended' | 'removed' | 'stranger' | 'strangeKey'>

export async function newGround(): Promise<Ground> {
  const team = await newOrganization()
  const member = await newMember(team, 'member', 'Mia Ray')
  await team.owner.api.post(`${team.path}/roles`, { key: 'reader', name: 'Reader', permissions: ['members:read'] })
  const key = await newApiKey(team)
  await as(operator).post('/v1/user-attributes', { key: ATTRIBUTE, label: 'Unit', type: 'string', user_editable: true })
  return {
    ...{ team, member },
    invitation: await newInvitation(team),
    apiKeyId: key.id,
    identityId: await newIdentity(member),
    session: await newSession(member),
    operatorKeyId: await operatorKeyId(),
  }
}

export async function newWorld(): Promise<World> {
  const ground = await newGround()
  const { team } = ground
  const admin = await newMember(team, 'admin', 'Ada Poe')
  const suspended = await newMember(team, 'owner', 'Sue Orr')
  const removed = await newMember(team, 'owner', 'Rob Elk')
  await suspend(team, suspended)
  await remove(team, removed)
  const elsewhere = await newOrganization({ name: 'Elsewhere' })
  const strangeKey = (await newApiKey(elsewhere)).api
  return { ...ground, admin, suspended, removed, stranger: elsewhere.owner, strangeKey }
}

export interface ApiKey {
  readonly id: string
  readonly secret: string
  readonly api: Client
}

const OPERATED = [
  'organization:read',
  'organization:update',
  'members:read',
  'members:manage',
  'products:use',
  'audit_log:read',
]

export async function newApiKey(
  team: Team,
  permissions: readonly string[] = OPERATED,
  fields: object = {},
): Promise<ApiKey> {
  const body = { name: 'Backend', permissions, ...fields }
  const { id, secret = '' } = created(await team.owner.api.post<contract.ApiKey>(`${team.path}/api-keys`, body))
  return { id, secret, api: as(bearer(secret)) }
}

/** Linked, without a token. Answers with its id. */
export async function newIdentity({ id: userId }: { readonly id: string }): Promise<string> {
  const id = someId('idy')
  await env.ACCOUNTS.prepare(
    'insert into identities (id, issuer, subject, user_id, created_at) values (?1, ?2, ?1, ?3, 1)',
  )
    .bind(id, 'https://idp.test', userId)
    .run()
  return id
}

export interface OperatorKey extends ApiKey {
  readonly name: string
}

/** Of the operator, with a name of its own. */
export async function newOperatorKey(access: 'read' | 'write' = 'read', fields: object = {}): Promise<OperatorKey> {
  const body = { name: `Key ${crypto.randomUUID()}`, access, ...fields }
  const { id, name, secret = '' } = created(await as(operator).post<contract.OperatorKey>('/v1/operator-keys', body))
  return { id, name, secret, api: as(bearer(secret)) }
}

let shared: Promise<OperatorKey> | null = null
/** One for all worlds: there are at most a hundred. */
export async function operatorKeyId(): Promise<string> {
  shared ??= newOperatorKey()
  return (await shared).id
}

/** Signed in, without the mail. */
export async function newSession({ id: userId }: { readonly id: string }): Promise<StartedSession> {
  const started = await startSession(env.ACCOUNTS, { userId, method: 'email_code', userAgent: 'Test' }, Date.now())
  if (started === null) throw new Error(`There is no account ${userId}`)
  return started
}

export const someId = (prefix: string): string => typeidUnboxed(prefix)

/** Fills the parameters of a route's path with what is there; `others` take their place. */
export function pathOf(route: string, world: World, others: Readonly<Record<string, string>> = {}): string {
  const values: Readonly<Record<string, string>> = {
    organization: world.team.id,
    member: world.admin.memberId,
    invitation: world.invitation.id,
    token: world.invitation.token,
    user: world.member.id,
    role: 'reader',
    key: world.apiKeyId,
    operatorKey: world.operatorKeyId,
    session: world.session.session.id,
    block: someId('blk'),
    identity: world.identityId,
    attribute: ATTRIBUTE,
    ...others,
  }
  return route.replace(/:(\w+)/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`test/support/api-world.ts knows no :${name}`)
    return value
  })
}
