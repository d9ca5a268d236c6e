import { env } from 'cloudflare:workers'
import { blockInvitationMails } from '../../src/directory/mail-blocks.ts'
import { as, bearer, type Client, nobody, operator } from '../support/api.ts'
import {
  created,
  followed,
  type Member,
  newInvitation,
  newMember,
  newOrganization,
  newUser,
  remove,
  reseam,
  suspend,
  type Team,
} from '../support/api-builders.ts'
import { newApiKey, newIdentity, newSession, operatorKeyId } from '../support/api-world.ts'
import type { Row } from './table.ts'
import { type Actor, KEY_PERMISSIONS, type Permission, permissionsOf, withheld } from './who.ts'

/** An organization, what everybody acts on in it, and whoever acts: they appear when they are called for. */
export interface Cast {
  readonly team: Team
  /** A plain member, on whom everybody else acts. */
  readonly target: Member
  /** What stands for the parameters of a path, as far as it was asked for. */
  readonly parameters: Readonly<Record<string, string>>
  /** Makes what the parameters in a text stand for, where it is not made yet. Answers with what fills them in. */
  parametersIn(text: string): Promise<(text: string) => string>
  client(actor: Actor, row: Row): Promise<Client>
  /** The same organization and callers, with another target and other parameters. */
  afresh(): Promise<Cast>
}

/** There may be but few of them, and they belong to all casts. */
const ATTRIBUTE = 'unit'
export const defineAttribute = () =>
  as(operator).post('/v1/user-attributes', { key: ATTRIBUTE, label: 'Unit', type: 'string' })

export async function newCast(): Promise<Cast> {
  const team = await newOrganization()
  const known = new Map<string, Promise<Client>>()
  const client = async (actor: Actor, row: Row) => {
    const permissions = permissionsOfKey(actor, row)
    const name = `${actor} ${permissions}`
    const coming = known.get(name) ?? arrive(team, actor, permissions)
    known.set(name, coming)
    return coming
  }
  return castIn(team, client)
}

async function castIn(team: Team, client: Cast['client']): Promise<Cast> {
  const target = await newMember(team, 'member', 'Tom Target')
  const values = new Map<string, Promise<string>>()
  const parameters: Record<string, string> = {}
  const parametersIn = async (text: string) => {
    for (const name of namesIn(text)) {
      const value = values.get(name) ?? PARAMETERS[name]?.(team, target)
      if (value === undefined) continue
      values.set(name, value)
      parameters[name] = await value
    }
    return (text: string) => text.replace(PARAMETER, (whole, name: string) => parameters[name] ?? whole)
  }
  return { team, target, parameters, parametersIn, client, afresh: () => castIn(team, client) }
}

const PARAMETER = /:([a-zA-Z]+)/g
const namesIn = (text: string) => new Set([...text.matchAll(PARAMETER)].map(([, name = '']) => name))

const PARAMETERS: Readonly<Record<string, (team: Team, target: Member) => Promise<string>>> = {
  organization: async ({ id }) => id,
  member: async (_, { memberId }) => memberId,
  user: async (_, { id }) => id,
  role: async ({ owner, path }) => {
    const key = someKey()
    created(await owner.api.post(`${path}/roles`, { key, name: 'Guest', permissions: ['members:read'] }))
    return key
  },
  key: async (team) => (await newApiKey(team, ['products:use'])).id,
  invitation: async (team) => (await newInvitation(team)).id,
  token: async (team) => (await newInvitation(team)).token,
  session: async (_, target) => (await newSession(target)).session.id,
  identity: (_, target) => newIdentity(target),
  attribute: async () => ATTRIBUTE,
  operatorKey: () => operatorKeyId(),
  block: () => blockId(),
  slug: async () => `new-${crypto.randomUUID()}`,
  unused: async () => someKey(),
}

/** Of a role, or for the local part of an email. */
const someKey = () => `r${crypto.randomUUID().slice(0, 8)}`

/** One for all casts. */
async function blockId(): Promise<string> {
  await blockInvitationMails(env.ACCOUNTS, 'blocked@x.test', Date.now())
  const { body } = await as(operator).get('/v1/mail-blocks')
  return body.data[0].id
}

/** Makes them, and waits until the directory knows them too. */
async function arrive(team: Team, actor: Actor, permissions: readonly Permission[]): Promise<Client> {
  const client = await ARRIVALS[actor](team, permissions)
  await followed(team)
  return client
}

type Arrival = (team: Team, permissions: readonly Permission[]) => Promise<Client>

/** Whoever is out was an owner once, and whichever key is dead could do everything: they lack nothing but being in. */
const ARRIVALS: Readonly<Record<Actor, Arrival>> = {
  operator: async () => as(operator),
  owner: async (team) => team.owner.api,
  admin: async (team) => (await newMember(team, 'admin')).api,
  member: async (team) => (await newMember(team)).api,
  'custom role': async (team) => {
    const role = { key: 'custom', name: 'Custom', permissions: permissionsOf('custom role') }
    created(await team.owner.api.post(`${team.path}/roles`, role))
    return (await newMember(team, role.key)).api
  },
  suspended: async (team) => {
    const owner = await newMember(team, 'owner')
    await suspend(team, owner)
    return owner.api
  },
  removed: async (team) => {
    const owner = await newMember(team, 'owner')
    await remove(team, owner)
    return owner.api
  },
  stranger: async () => (await newUser()).api,
  'foreign owner': async () => (await newOrganization({ name: 'Elsewhere' })).owner.api,
  'key with the permission': async (team, permissions) => (await newApiKey(team, [...permissions])).api,
  'key without the permission': async (team, permissions) => (await newApiKey(team, [...permissions])).api,
  'expired key': async (team) => {
    await reseam(team, { clock: () => Date.now() - 60_000 })
    const key = await newApiKey(team, KEY_PERMISSIONS, { expires_at: new Date(Date.now() - 1).toISOString() })
    await reseam(team, { clock: Date.now })
    return key.api
  },
  'revoked key': async (team) => {
    const key = await newApiKey(team, KEY_PERMISSIONS)
    await team.owner.api.delete(`${team.path}/api-keys/${key.id}`)
    return key.api
  },
  'foreign key': async () => (await newApiKey(await newOrganization({ name: 'Elsewhere' }), KEY_PERMISSIONS)).api,
  garbage: async () => as(bearer('garbage')),
  nobody: async () => as(nobody),
}

/** A key holds one permission at least. */
function holdable(permissions: readonly Permission[]): readonly Permission[] {
  const held = permissions.filter((permission) => KEY_PERMISSIONS.includes(permission))
  return held.length === 0 ? ['products:use'] : held
}

function permissionsOfKey(actor: Actor, { who, keyAlso }: Row): readonly Permission[] {
  const needs = 'needs' in who ? who.needs : (['organization:read'] as const)
  const isPermission = (needed: string): needed is Permission => !['operator', 'user', 'session'].includes(needed)
  const permissions = needs.filter(isPermission)
  const last = withheld(needs)
  switch (actor) {
    case 'key with the permission':
      return needs.includes('operator') ? KEY_PERMISSIONS : holdable([...new Set([...permissions, ...keyAlso])])
    case 'key without the permission':
      if (last === 'operator') return holdable(['products:use', ...permissions])
      return KEY_PERMISSIONS.filter((permission) => permission !== last)
    default:
      return []
  }
}
