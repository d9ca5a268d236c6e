import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type * as contract from '../../src/contract/resources.ts'
import type { Command } from '../../src/membership/commands.ts'
import { organizationClient } from '../../src/organization/client.ts'
import type { OrganizationObject, Seams } from '../../src/organization/organization-object.ts'
import { type Answer, as, type Client, onBehalfOf, operator } from './api.ts'

/** Organizations, people and invitations as a test needs them, made through the API itself. */

const api = as(operator)
let people = 0
/** Of this test file: a mail of the file before may still arrive, and must not count here. */
const fileId = randomBytes(3).toString('hex')

/** Where mails to an email are counted, no other file may know that email. */
export const emailOfFile = (name: string): string => `${name}-${fileId}@x.test`

export interface Person {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly api: Client
}

export interface Member extends Person {
  readonly memberId: string
}

/** An organization, its owner, and its path. */
export interface Team {
  readonly id: string
  readonly path: string
  readonly slug: string
  readonly owner: Member
}

export function created<T>(answer: Answer<T>): T {
  expect(answer.status, answer.text).toBe(201)
  return answer.body
}

export async function newUser(name = 'Ann Lee', fields: object = {}): Promise<Person> {
  people += 1
  const email = emailOfFile(`person-${people}`)
  const user = created(await api.post<contract.User>('/v1/users', { email, name, ...fields }))
  return { id: user.id, email: user.email, name, api: as(onBehalfOf(user.id)) }
}

export async function newOrganization(fields: object = {}): Promise<Team> {
  const owner = await newUser()
  const body = { name: 'Acme', owner_user_id: owner.id, ...fields }
  const { id, slug } = created(await api.post<contract.Organization>('/v1/organizations', body))
  const path = `/v1/organizations/${id}`
  const members = await api.get(`${path}/members`)
  return { id, path, slug, owner: { ...owner, memberId: members.body.data[0].id } }
}

export async function newMember(team: Team, role = 'member', name = 'Bob Fox'): Promise<Member> {
  const user = await newUser(name)
  const member = created(await api.post<contract.Member>(`${team.path}/members`, { user_id: user.id, role }))
  return { ...user, memberId: member.id }
}

export interface Invited {
  readonly id: string
  readonly email: string
  readonly path: string
  /** What the link carries. */
  readonly token: string
}

/** By the operator, who sees the link: it proves the address, as a mailed one does. */
export const newInvitation = (team: Team, fields: object = {}): Promise<Invited> => invite(api, team, fields)

/** By the owner, without a mail: the link proves nothing. */
export const newHandedInvitation = (team: Team, fields: object = {}): Promise<Invited> =>
  invite(team.owner.api, team, fields)

async function invite(client: Client, team: Team, fields: object): Promise<Invited> {
  people += 1
  const body = { email: emailOfFile(`invitee-${people}`), send_email: false, ...fields }
  const invitation = created(await client.post<contract.Invitation>(`${team.path}/invitations`, body))
  const { id, email } = invitation
  return { id, email, path: `${team.path}/invitations/${id}`, token: tokenOf(invitation) }
}

export const tokenOf = ({ url }: { url?: string | undefined }): string => url?.split('/').at(-1) ?? ''

/** What the API has no route for, or would not do by itself: straight to the object, as the operator. */
export async function carryOut<C extends Command>(team: { id: string }, command: C): Promise<void> {
  const executed = await organizationClient(env.ORGANIZATION, team.id).execute({
    caller: { type: 'operator' },
    command,
  })
  expect(executed).toMatchObject({ ok: true })
}

export const suspend = (team: Team, { memberId }: Member) => carryOut(team, { type: 'SuspendMember', memberId })
export const remove = (team: Team, { memberId }: Member) => carryOut(team, { type: 'RemoveMember', memberId })

/** Waits until the directory has followed the organization. */
export async function followed({ id }: { id: string }): Promise<void> {
  const waits = async () => {
    const { waiting } = await organizationClient(env.ORGANIZATION, id).wake()
    return Object.values(waiting).some((since) => since !== null)
  }
  for (let tries = 0; tries < 10 && (await waits()); tries += 1);
}

/** Changes what the object takes from outside: its clock, its way to the directory and to the queue. */
export async function reseam({ id }: { id: string }, seams: Partial<Seams>): Promise<void> {
  await runInDurableObject(env.ORGANIZATION.getByName(id), (object: OrganizationObject) => {
    Object.assign(object.seams, seams)
  })
}
