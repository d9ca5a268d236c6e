import { expect } from 'vitest'
import { DEFAULT_SETTINGS } from '../../src/contract/settings.ts'
import { as, bearer, type Credential, nobody, onBehalfOf, operator } from '../support/api.ts'
import { newMember } from '../support/api-builders.ts'
import { newApiKey, newWorld, someId } from '../support/api-world.ts'
import { withIds } from '../support/documented-calls.ts'

/** Who calls, by the names that the tests give to credentials. */
export const CALLERS = [
  'operator',
  'owner',
  'admin',
  'member',
  'session',
  'suspended',
  'stranger',
  'key',
  'invented',
  'nobody',
] as const
export type CallerName = (typeof CALLERS)[number]

/** An organization to be mistreated. */
export interface Place {
  readonly path: string
  readonly credentials: Readonly<Record<CallerName, Credential>>
  readonly real: (text: string) => string
}

export async function newPlace(): Promise<Place> {
  // Some requests change what new organizations are like.
  const { object: _, ...settings } = DEFAULT_SETTINGS
  await as(operator).patch('/v1/settings', settings)
  const { team, admin, member, suspended, stranger, invitation, apiKeyId, identityId, operatorKeyId, session } =
    await newWorld()
  const { id: usr, memberId: mem } = await newMember(team)
  return {
    path: team.path,
    credentials: {
      ...{ operator, nobody, invented: bearer(`mk_${team.id}_${'A'.repeat(43)}`) },
      ...{ owner: onBehalfOf(team.owner.id), admin: onBehalfOf(admin.id), member: onBehalfOf(member.id) },
      ...{ session: bearer(session.token) },
      ...{ suspended: onBehalfOf(suspended.id), stranger: onBehalfOf(stranger.id) },
      key: bearer((await newApiKey(team)).secret),
    },
    real: withIds({
      org: team.id,
      usr,
      mem,
      inv: invitation.id,
      key: apiKeyId,
      opk: operatorKeyId,
      ses: session.session.id,
      idy: identityId,
      blk: someId('blk'),
      token: invitation.token,
    }),
  }
}

/** The log is unbroken, and nobody has got what a polluted prototype would give. */
export async function expectUnharmed({ path }: Place): Promise<void> {
  const verified = await as(operator).get(`${path}/events/verify`)
  if (verified.status !== 404) expect(verified.body).toMatchObject({ valid: true })
  expect(Object.prototype).not.toHaveProperty('isAdmin')
}
