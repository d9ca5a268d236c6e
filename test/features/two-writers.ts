import { expect } from 'vitest'
import { type Answer, as, type Client, operator } from '../support/api.ts'
import { newInvitation, newMember, type Team } from '../support/api-builders.ts'
import { newApiKey } from '../support/api-world.ts'

type Headers = Readonly<Record<string, string>>

/** A resource that several people write to. */
export interface Contested {
  readonly what: string
  /** Where the resource is, made ready for a round. */
  readonly place: (team: Team) => Promise<string>
  /** What the two write, where it is not just any text. */
  readonly values?: (team: Team) => Promise<readonly string[]>
  readonly write: (client: Client, path: string, value: string, headers: Headers) => Promise<Answer>
}

export const CONTESTED: readonly Contested[] = [
  {
    what: 'an organization',
    place: async ({ path }) => path,
    write: (client, path, value, headers) => client.patch(path, { name: value }, headers),
  },
  {
    what: 'a member',
    place: async (team) => `${team.path}/members/${team.owner.memberId}`,
    write: (client, path, value, headers) => client.patch(path, { profile: { name: value } }, headers),
  },
  {
    what: 'an invitation',
    place: async (team) => (await newInvitation(team)).path,
    write: (client, path, _, headers) => client.post(`${path}/cancel`, undefined, headers),
  },
  {
    what: 'a role',
    place: async (team) => {
      await team.owner.api.post(`${team.path}/roles`, { key: 'guest', name: 'Guest', permissions: ['members:read'] })
      return `${team.path}/roles/guest`
    },
    write: (client, path, value, headers) => client.patch(path, { name: value }, headers),
  },
  {
    what: 'an API key',
    place: async (team) => `${team.path}/api-keys/${(await newApiKey(team)).id}`,
    write: (client, path, _, headers) => client.delete(path, headers),
  },
  {
    what: 'the ownership of an organization',
    place: async ({ path }) => path,
    values: async (team) => [(await newMember(team)).memberId, (await newMember(team)).memberId],
    write: (client, path, value, headers) => client.post(`${path}/ownership-transfer`, { member_id: value }, headers),
  },
]

/** Two write at once with what both have seen. One of them writes; the other one is told that it came too late. */
export async function contest(team: Team, { place, values, write }: Contested, round: number): Promise<void> {
  const path = await place(team)
  const ETag = (await as(operator).get(path)).headers.get('ETag') ?? ''
  const written = values === undefined ? [`First ${round}`, `Second ${round}`] : await values(team)
  const answers = await Promise.all(written.map((value) => write(as(operator), path, value, { 'If-Match': ETag })))
  const done = answers.filter(({ status }) => status < 300)
  const late = answers.filter(({ status, body }) => status === 412 && body.code === 'revision_mismatch')
  expect([done.length, late.length], answers.map(({ text }) => text).join('\n')).toEqual([1, 1])
}
