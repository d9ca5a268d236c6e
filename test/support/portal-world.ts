import type { Server } from './server.ts'

/** Who looks at pages. */
export type Person = 'owner' | 'admin' | 'member' | 'invitee' | 'stranger'

export interface World {
  readonly url: string
  /** The slug of the organization that most pages are about. */
  readonly acme: string
  /** The page behind an invitation link. */
  readonly invitation: string
  emailOf(person: Person): string
  /** The newest that was mailed to the address. */
  codeOf(email: string): Promise<string>
}

const EMAILS: { readonly [person in Person]: string } = {
  owner: 'ada.lovelace@acme.example',
  admin: 'grace.hopper@acme.example',
  member: 'annie.easley@acme.example',
  invitee: 'joan.clarke@acme.example',
  stranger: 'new.here@elsewhere.example',
}

const MEMBERS: readonly (readonly [name: string, role: string])[] = [
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
  ['Rear Admiral Maximiliana Featherstonehaugh-Cholmondeley the Third', 'member'],
  ['Shafi Goldwasser', 'member'],
  ['Tim Berners-Lee', 'member'],
  ['Vint Cerf', 'billing'],
  ['محمد الخوارزمي', 'member'],
  ['山田太郎', 'member'],
]
const SUSPENDED = ['John McCarthy', 'Niklaus Wirth']
const INVITED: readonly (readonly [email: string, role: string])[] = [
  ['alonzo.church@acme.example', 'member'],
  ['emmy.noether@acme.example', 'admin'],
  ['sophie.wilson@acme.example', 'engineer'],
  ['a.very.long.address.that.does.not.want.to.end@subdomain.of.some.long.domain.example', 'member'],
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
const SEATS_LEFT = 2

/** A team as teams are: several roles, some invited, some suspended, the seats nearly taken. */
export async function seed({ url, operatorKey }: Pick<Server, 'url' | 'operatorKey'>): Promise<World> {
  const call = (method: string, path: string, body?: object, as?: Resource) =>
    callApi(`${url}${path}`, method, headersOf(operatorKey, as), body)
  const owner = await call('POST', '/v1/users', { email: EMAILS.owner, name: 'Ada Lovelace' })
  const acme = await call('POST', '/v1/organizations', { name: 'Acme Robotics', owner_user_id: owner.id })
  const path = `/v1/organizations/${acme.id}`
  for (const role of ROLES) await call('POST', `${path}/roles`, role)
  for (const [name, role] of MEMBERS) {
    const user = await call('POST', '/v1/users', { email: emailFrom(name), name })
    const member = await call('POST', `${path}/members`, { user_id: user.id, role })
    if (SUSPENDED.includes(name)) await call('POST', `${path}/members/${member.id}/suspend`)
  }
  for (const [email, role] of INVITED)
    await call('POST', `${path}/invitations`, { email, role, send_email: false }, owner)
  const { used } = await call('GET', `${path}/seats`)
  await call('PATCH', path, { seat_limit: Number(used) + SEATS_LEFT, upgrade_url: 'https://acme.example/plans' })
  await call('POST', '/v1/organizations', { name: 'Babbage & Sons', owner_user_id: owner.id })
  await call('POST', '/v1/organizations', { name: 'شركة المحرك التحليلي', owner_user_id: owner.id })
  const invited = await call('POST', `${path}/invitations`, { email: EMAILS.invitee, send_email: false })
  return {
    url,
    acme: String(acme.slug),
    invitation: new URL(String(invited.url)).pathname,
    emailOf: (person) => EMAILS[person],
    codeOf: (email) => newestCode(url, email),
  }
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

async function newestCode(url: string, email: string): Promise<string> {
  for (;;) {
    const response = await fetch(`${url}/dev/mailbox.json?to=${encodeURIComponent(email)}`)
    const { data } = (await response.json()) as { data: { subject: string }[] }
    const code = /\d{6}/.exec(data[0]?.subject ?? '')?.[0]
    if (code !== undefined) return code
    await new Promise((wait) => setTimeout(wait, 200))
  }
}

type Resource = Readonly<Record<string, unknown>>

const headersOf = (key: string, as?: Resource) => ({
  Authorization: `Bearer ${key}`,
  'Content-Type': 'application/json',
  ...(as === undefined ? {} : { 'Muster-On-Behalf-Of': String(as.id) }),
})

async function callApi(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: object,
): Promise<Resource> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await fetch(url, { method, headers, ...sent })
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Resource
}
