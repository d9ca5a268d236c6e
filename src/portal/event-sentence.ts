import type { Actor } from '../membership/actor.ts'
import { MAKER_LOST_PERMISSION } from '../membership/departure.ts'
import type { EventValue, OrganizationEvent } from '../membership/event.ts'
import type { Names } from '../membership/queries.ts'
import type { Role } from '../membership/roles.ts'
import { counted } from './readable-time.ts'

/*
 * The audit log in words. Pure: what things are called now is given, and whatever an entry of earlier times lacks is left
 * out, never guessed.
 */

/** Words of ours, and names that somebody chose, which a page shows as such. */
export type Sentence = readonly (string | { readonly name: string })[]

export interface Glossary {
  /** Of people, by user id and by member id. */
  readonly names: Names
  readonly roles: readonly Pick<Role, 'key' | 'name'>[]
}

/** Who did it, as the sentence's subject. */
export function actorPhrase({ actor, data }: Pick<OrganizationEvent, 'actor' | 'data'>, { names }: Glossary): Sentence {
  switch (actor.type) {
    case 'user':
      return [named(names[actor.id ?? ''] ?? 'Somebody who is gone')]
    case 'invitee':
      return [named(textOf(data.email) ?? 'An invitee')]
    case 'operator':
      return operatorPhrase(actor.id, names)
    case 'api_key':
      return ['An API key']
    case 'system':
      return [PROCESSES[actor.id ?? ''] ?? 'Muster']
  }
}

/** `The operator`, or `Operator key CI`. */
export const operatorPhrase = (keyId: string | null, names: Names): Sentence =>
  keyId === null ? ['The operator'] : ['Operator key ', named(names[keyId] ?? keyId)]

/** `, through operator key CI`: behind a person on whose behalf the operator acted; nothing where the person acted. */
export function viaPhrase({ actor: { via } }: { readonly actor: Actor }, names: Names): Sentence {
  if (via === undefined) return []
  return via.id === null ? [', through the operator'] : [', through operator key ', named(names[via.id] ?? via.id)]
}

/** Between the actor and the deed. */
export function viaLink(event: { readonly actor: Actor }, names: Names): Sentence {
  const via = viaPhrase(event, names)
  return via.length === 0 ? [' '] : [...via, ', ']
}

/** The whole of it: `Ann, through operator key CI, invited bob@x.test as Admin`. */
export const wholeSentence = (event: OrganizationEvent, glossary: Glossary): Sentence => [
  ...actorPhrase(event, glossary),
  ...viaLink(event, glossary.names),
  ...eventSentence(event, glossary),
]

const PROCESSES: { readonly [process in NonNullable<Actor['id']>]: string } = {
  domain: 'A verified domain',
  sso: 'Single sign-on',
  scim: 'The directory sync',
}

/** What was done, in the past tense and without a subject: `invited bob@x.test as Admin`. */
export function eventSentence(event: OrganizationEvent, glossary: Glossary): Sentence {
  const { type, data, target } = event
  const email = named(textOf(data.email) ?? 'somebody')
  const person = named(glossary.names[target.id] ?? textOf(data.email) ?? 'somebody')
  const name = named(textOf(data.name) ?? target.id)
  switch (type) {
    case 'organization.created':
      return said`created ${name}`
    case 'organization.updated':
      return ['changed ', ...enumerated(Object.entries(data).map(fieldChange))]
    case 'organization.deleted':
      return said`deleted ${name}`
    case 'organization.restored':
      return ['brought everything back after its deletion']
    case 'ownership.transferred':
      return said`handed ownership over to ${named(glossary.names[textOf(data.to) ?? ''] ?? 'somebody')}`
    case 'seat_limit.changed':
      return [`changed the number of seats${fromTo(data.seat_limit, seatText)}`]
    case 'member.added':
      return addition(event, person, glossary)
    case 'member.role_changed':
      return roleChange(event, person, glossary)
    case 'member.profile_updated':
      return [...said`changed the profile of ${person}: `, ...enumerated(Object.entries(data).map(fieldChange))]
    case 'member.suspended':
      return said`suspended ${person}`
    case 'member.reactivated':
      return said`reactivated ${person}`
    case 'member.removed':
      return said`removed ${person}`
    case 'member.left':
      return ['left']
    case 'member.return_refused':
      return said`kept ${person} out, who was removed before`
    case 'member.return_allowed':
      return said`allowed ${person} to come back`
    case 'member.erased':
      return ['erased what was known of a former member']
    case 'invitation.created':
      return said`invited ${email} as ${roleName(data.role, glossary)}`
    case 'invitation.resent':
      return said`sent the invitation of ${email} again`
    case 'invitation.accepted':
      return event.actor.type === 'invitee' ? ['accepted the invitation'] : said`accepted the invitation of ${email}`
    case 'invitation.declined':
      return event.actor.type === 'invitee' ? ['declined the invitation'] : said`declined the invitation of ${email}`
    case 'invitation.canceled':
      return data.reason === MAKER_LOST_PERMISSION
        ? said`ended the invitation of ${email}: the person who sent it lost the permission`
        : said`canceled the invitation of ${email}`
    case 'invitation.kept':
      return said`took over the invitation of ${email}`
    case 'invitation.expired':
      return said`noted that the invitation of ${email} has expired`
    case 'invitation.erased':
      return ['erased what was known of somebody who was invited']
    case 'role.created':
      return said`created the role ${name}`
    case 'role.updated':
      return [
        ...said`changed the role ${roleName(target.id, glossary)}: `,
        ...enumerated(Object.entries(data).map(fieldChange)),
      ]
    case 'role.deleted':
      return deletedRole(event, name, glossary)
    case 'api_key.created':
      return said`created the API key ${name}`
    case 'api_key.revoked':
      return data.reason === MAKER_LOST_PERMISSION
        ? said`ended the API key ${name}: the person who created it lost the permissions`
        : said`revoked the API key ${name}`
    case 'api_key.kept':
      return said`took over the API key ${name}`
    case 'api_key.maker_left':
      return said`left the API key ${name} to the organization: the person who created it lost the permissions`
  }
}

interface Named {
  readonly name: string
}

export const named = (name: string): Named => ({ name })

export function said(words: TemplateStringsArray, ...names: readonly Named[]): Sentence {
  return words.flatMap((word, index) => [word, names[index] ?? []].flat()).filter((piece) => piece !== '')
}

const textOf = (value: EventValue | undefined): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value : null

const roleName = (key: EventValue | undefined, { roles }: Glossary): Named =>
  named(roles.find((role) => role.key === key)?.name ?? textOf(key) ?? 'a role that is gone')

function addition({ actor, data }: OrganizationEvent, person: Named, glossary: Glossary): Sentence {
  const role = roleName(data.role, glossary)
  if (data.source === 'created') return said`made ${person} the first owner`
  if (data.source === 'invitation' && actor.type === 'invitee') return said`joined as ${role}`
  return said`added ${person} as ${role}`
}

function roleChange({ data }: OrganizationEvent, person: Named, glossary: Glossary): Sentence {
  const { from, to } = changeOf(data.role)
  return said`changed the role of ${person} from ${roleName(from, glossary)} to ${roleName(to, glossary)}`
}

function deletedRole({ data }: OrganizationEvent, name: Named, glossary: Glossary): Sentence {
  const members = typeof data.members === 'number' ? data.members : 0
  if (members === 0 || data.reassigned_to === null) return said`deleted the role ${name}`
  const moved = `; ${counted(members, 'member')} became `
  return [...said`deleted the role ${name}`, moved, roleName(data.reassigned_to, glossary)]
}

/** `difference` wrote it, under the names of the wire. */
function changeOf(value: EventValue | undefined): { readonly from?: EventValue; readonly to?: EventValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Change) : {}
}

type Change = { readonly from?: EventValue; readonly to?: EventValue }

const FIELDS: { readonly [field: string]: string } = {
  name: 'the name',
  slug: 'the address of its pages',
  external_id: 'the external id',
  ownership: 'how many owners there may be',
  upgrade_url: 'where to get more seats',
  email: 'the email address',
  given_name: 'the given name',
  family_name: 'the family name',
  picture: 'the picture',
  attributes: 'details',
  description: 'the description',
  permissions: 'the permissions',
}

/** Short texts are told; for the others it is enough to say which. */
const TOLD = new Set(['name', 'slug', 'email', 'given_name', 'family_name'])

function fieldChange([field, change]: [string, EventValue]): Sentence {
  const what = FIELDS[field] ?? field
  const to = textOf(changeOf(change).to)
  return to === null || !TOLD.has(field) ? [what] : [`${what} to `, named(to)]
}

export function enumerated(parts: readonly Sentence[]): Sentence {
  const comma = (index: number) => (index === 0 ? [] : [index === parts.length - 1 ? ' and ' : ', '])
  return parts.flatMap((part, index) => [...comma(index), ...part])
}

function fromTo(value: EventValue | undefined, text: (value: EventValue) => string): string {
  const { from, to } = changeOf(value)
  if (to === undefined) return ''
  return from === undefined ? ` to ${text(to)}` : ` from ${text(from)} to ${text(to)}`
}

const seatText = (value: EventValue): string => (value === null ? 'unlimited' : String(value))

/** The sentence as plain text, as for a title. */
export const plainSentence = (sentence: Sentence): string =>
  sentence.map((piece) => (typeof piece === 'string' ? piece : piece.name)).join('')
