import { newestMail } from './mailbox.ts'
import { type OperatorCall, operatorCalls, type Resource } from './operator-calls.ts'
import type { Server } from './server.ts'

/** Who looks at pages. */
export type Person = 'owner' | 'admin' | 'member' | 'suspended' | 'invitee' | 'stranger'

/** Invitations in every state, one whose link does not prove an address, and one to an organization with an endless name. */
const LINKS = ['open', 'accepted', 'declined', 'canceled', 'expired', 'unproven', 'endless'] as const

export interface World {
  readonly url: string
  /** For who runs the deployment. */
  readonly operatorKey: string
  /** The slug of the organization that most pages are about. */
  readonly acme: string
  /** Slugs of others: with a name that is read from the right, without a seat left, and for what pages do. */
  readonly alone: string
  readonly full: string
  readonly other: string
  /** The pages behind invitation links. */
  readonly links: { readonly [link in (typeof LINKS)[number]]: string }
  /** Ids in Acme, by name and by address. */
  readonly members: Readonly<Record<string, string>>
  readonly invitations: Readonly<Record<string, string>>
  readonly apiKey: string
  emailOf(person: Person): string
  /** In the newest mail to the address. */
  linkOf(email: string): Promise<string>
}

const EMAILS: { readonly [person in Person]: string } = {
  owner: 'ada.lovelace@acme.example',
  admin: 'grace.hopper@acme.example',
  member: 'annie.easley@acme.example',
  suspended: 'niklaus.wirth@acme.example',
  invitee: 'joan.clarke@acme.example',
  stranger: 'new.here@elsewhere.example',
}

export const LONG_NAME = 'Rear Admiral Maximiliana Featherstonehaugh-Cholmondeley the Third'

const MEMBERS: readonly (readonly [name: string, role: string])[] = [
  [LONG_NAME, 'member'],
  ['محمد الخوارزمي', 'member'],
  ['山田太郎', 'member'],
  ['Grace Hopper', 'admin'],
  ['Katherine Johnson', 'admin'],
  ['Annie Easley', 'member'],
  ['Alan Turing', 'member'],
  ['Barbara Liskov', 'engineer'],
  ['Claude Shannon', 'engineer'],
  ['Donald Knuth', 'engineer'],
  ['Edsger Dijkstra', 'engineer'],
  ['Frances Allen', 'member'],
  ['Hedy Lamarr', 'member'],
  ['Ivan Sutherland', 'member'],
  ['Jean Bartik', 'billing'],
  ['John McCarthy', 'member'],
  ['Karen Spärck Jones', 'member'],
  ['Ken Thompson', 'engineer'],
  ['Leslie Lamport', 'engineer'],
  ['Lynn Conway', 'engineer'],
  ['Margaret Hamilton', 'admin'],
  ['Niklaus Wirth', 'member'],
  ['Radia Perlman', 'engineer'],
  ['Shafi Goldwasser', 'member'],
  ['Tim Berners-Lee', 'member'],
  ['Vint Cerf', 'billing'],
]
const SUSPENDED = ['John McCarthy', 'Niklaus Wirth']
type Invited = readonly [email: string, invitation: Readonly<Record<string, string | boolean>>]
const INVITED_FIRST: Invited = [
  'the.treasurer.whose.address.does.not.want.to.end@subdomain.of.some.long.domain.example',
  { role: 'member' },
]
/** By mail, but for those whose links are handed over. */
const INVITED: readonly Invited[] = [
  ['alonzo.church@acme.example', { name: 'Alonzo Church', role: 'member' }],
  ['emmy.noether@acme.example', { name: 'Emmy Noether', role: 'admin', send_email: false }],
  ['sophie.wilson@acme.example', { name: 'Sophie Wilson', role: 'engineer', send_email: false }],
  [EMAILS.invitee, { role: 'member', send_email: false }],
]
const ROLES = [
  {
    key: 'engineer',
    name: 'Engineer',
    description: 'Builds on the API and watches what happens.',
    permissions: ['organization:read', 'members:read', 'products:use', 'api_keys:manage', 'audit_log:read'],
  },
  {
    key: 'billing',
    name: 'Billing',
    description: 'Looks after plan and invoices.',
    permissions: ['organization:read', 'members:read', 'billing:manage'],
  },
]
const API_KEYS = [
  { name: 'Nightly sync', permissions: ['organization:read', 'members:read', 'members:manage'] },
  { name: 'Warehouse export for the finance department', permissions: ['members:read'], expires_at: inDays(40) },
]
const SEATS_LEFT = 2

/** A team as teams are: several roles, some invited, some suspended, the seats nearly taken. And what else pages show. */
export async function seed(server: Pick<Server, 'url' | 'operatorKey'>): Promise<World> {
  const { url, operatorKey } = server
  const call = operatorCalls(server)
  const owner = await call('POST', '/v1/users', { email: EMAILS.owner, name: 'Ada Lovelace' })
  const create = (name: string, fields = {}) =>
    call('POST', '/v1/organizations', { name, owner_user_id: owner.id, ...fields })
  const acme = await create('Acme Robotics', { upgrade_url: 'https://acme.example/plans' })
  const [members, invitations, apiKeys] = await fill(call, acme.id, owner.id)
  const other = await create('Babbage & Sons')
  const links = await linksOf(url, call, other.id, owner.id)
  const full = await create('Tabulating Machines', { seat_limit: 1, upgrade_url: 'https://acme.example/plans' })
  const alone = await create('شركة المحرك التحليلي')
  return {
    ...{ url, operatorKey, acme: acme.slug, alone: alone.slug, full: full.slug, other: other.slug },
    ...{ links, members, invitations, apiKey: apiKeys[API_KEYS[0]?.name ?? ''] ?? '' },
    emailOf: (person) => EMAILS[person],
    linkOf: async (email) => (await newestMail(url, email)).links[0] ?? '',
  }
}

type Ids = Readonly<Record<string, string>>

async function fill(call: OperatorCall, organization: string, owner: string): Promise<[Ids, Ids, Ids]> {
  const path = `/v1/organizations/${organization}`
  const invite = ([email, invitation]: Invited) => call('POST', `${path}/invitations`, { email, ...invitation }, owner)
  for (const role of ROLES) await call('POST', `${path}/roles`, role)
  await invite(INVITED_FIRST)
  const members = await eachId(MEMBERS, async ([name, role]) => {
    const user = await call('POST', '/v1/users', { email: emailFrom(name), name })
    const member = await call('POST', `${path}/members`, { user_id: user.id, role })
    if (SUSPENDED.includes(name)) await call('POST', `${path}/members/${member.id}/suspend`)
    return member
  })
  const invitations = await eachId(INVITED, invite)
  const apiKeys = await eachId(
    API_KEYS.map((key) => [key.name, key] as const),
    ([, key]) => call('POST', `${path}/api-keys`, key, owner),
  )
  const { used = 0 } = await call('GET', `${path}/seats`)
  await call('PATCH', path, { seat_limit: used + SEATS_LEFT })
  return [members, invitations, apiKeys]
}

/** One after the other: the order is what lists are sorted by. */
async function eachId<Row extends readonly [string, unknown]>(
  rows: readonly Row[],
  make: (row: Row) => Promise<Resource>,
): Promise<Ids> {
  const ids: Record<string, string> = {}
  for (const row of rows) ids[row[0]] = (await make(row)).id
  return ids
}

async function linksOf(url: string, call: OperatorCall, organization: string, owner: string): Promise<World['links']> {
  const path = `/v1/organizations/${organization}/invitations`
  const invite = (link: string, fields = {}, as?: string) =>
    call('POST', path, { email: `${link}@acme.example`, send_email: false, ...fields }, as)
  const endless = await call('POST', '/v1/organizations', { name: ENDLESS })
  const toNobody = { email: 'endless@acme.example', send_email: false }
  const expiresAt = Date.now() + SOON_MS
  const made = {
    open: await invite('open', { name: 'Joan Clarke' }),
    accepted: await invite('accepted'),
    declined: await invite('declined'),
    canceled: await invite('canceled'),
    expired: await invite('expired', { expires_at: new Date(expiresAt).toISOString() }),
    unproven: await invite('unproven', {}, owner),
    endless: await call('POST', `/v1/organizations/${endless.id}/invitations`, toNobody),
  }
  const links = Object.fromEntries(LINKS.map((link) => [link, new URL(made[link].url).pathname])) as World['links']
  const answer = { method: 'POST', headers: { Origin: url }, redirect: 'manual' } as const
  await fetch(`${url}${links.accepted}/accept`, answer)
  await fetch(`${url}${links.declined}/decline`, answer)
  await call('POST', `${path}/${made.canceled.id}/cancel`)
  await new Promise((expired) => setTimeout(expired, expiresAt - Date.now()))
  return links
}

const SOON_MS = 1_500
const ENDLESS = `${'Donaudampfschifffahrtsgesellschaft'.repeat(3)} & Söhne`

function inDays(days: number): string {
  return new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString()
}

let withoutLetters = 0

function emailFrom(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
  const words = plain.match(/[a-z]+/g)
  withoutLetters += words === null ? 1 : 0
  return `${(words ?? ['person', String(withoutLetters)]).slice(0, 3).join('.')}@acme.example`
}
