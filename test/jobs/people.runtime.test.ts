import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { typeidUnboxed } from 'typeid-js'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { announcePersonChange } from '../../src/accounts/people.ts'
import { startSession } from '../../src/accounts/sessions.ts'
import { membershipsBehind, peopleBehind } from '../../src/directory/memberships.ts'
import { MARKED_FOR_MS, mark } from '../../src/directory/sweep-marks.ts'
import worker from '../../src/index.ts'
import { consumePeople } from '../../src/jobs/people-consumer.ts'
import type { Bindings } from '../../src/onboarding/create-organization.ts'
import { followManySinceRead, followSinceRead } from '../../src/onboarding/follow-accounts.ts'
import {
  carryOut,
  followed,
  type Member,
  newMember,
  newOrganization,
  newUser,
  type Person,
  remove,
  type Team,
} from '../support/api-builders.ts'
import { organizationsVia } from '../support/api-faults.ts'
import { runCron } from '../support/cron.ts'

const MINUTE = 60_000

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

/** As an account changes: with a new revision, and nobody told. */
async function change({ id }: { id: string }, fields: { email?: string; name?: string }): Promise<void> {
  const { email = null, name = null } = fields
  await env.ACCOUNTS.prepare(
    `update users set email = coalesce(?1, email), name = coalesce(?2, name), revision = revision + 1, updated_at = ?3
     where id = ?4`,
  )
    .bind(email, name, Date.now(), id)
    .run()
}

const about = ({ id: userId }: { id: string }) => ({ version: 1, kind: 'person_changed', userId })

async function deliver(bodies: readonly unknown[], bindings: Partial<Bindings> = {}) {
  const messages = bodies.map((body, index) => ({ id: `m${index}`, timestamp: new Date(), attempts: 1, body }))
  const batch = createMessageBatch('muster-people', messages)
  await consumePeople(batch, { ...env, ...bindings })
  const { explicitAcks, retryMessages } = await getQueueResult(batch, createExecutionContext())
  return { acknowledged: explicitAcks, retried: retryMessages.map(({ msgId }) => msgId) }
}

const shown = async (team: Team, { memberId }: Member) =>
  (await team.owner.api.get(`${team.path}/members/${memberId}`)).body

const updates = async (team: Team): Promise<unknown[]> =>
  (await team.owner.api.get(`${team.path}/events?type=member.profile_updated`)).body.data.map(
    ({ data }: { data: unknown }) => data,
  )

const unsettled = async ({ id }: Person): Promise<boolean> =>
  (await env.ACCOUNTS.prepare('select 1 from users where id = ? and settled_revision < revision').bind(id).first()) !==
  null

/** A team with one more member, as the directory has it too. */
async function pair(): Promise<{ team: Team; bob: Member }> {
  const team = await newOrganization()
  const bob = await newMember(team)
  await followed(team)
  return { team, bob }
}

const broken = (which: (id: string) => boolean) =>
  organizationsVia((object, id) =>
    which(id) ? { execute: () => Promise.reject(new Error('This object is out of reach')) } : object,
  )

describe('a message', () => {
  test('brings a change to every organization of the person, and the log says so', async () => {
    const { team, bob } = await pair()
    const other = await newOrganization({ owner_user_id: bob.id })
    await followed(other)
    await change(bob, { name: 'Robert', email: `robert-${bob.id}@x.test` })

    expect(await deliver([about(bob)])).toEqual({ acknowledged: ['m0'], retried: [] })

    expect(await shown(team, bob)).toMatchObject({ email: `robert-${bob.id}@x.test`, profile: { name: 'Robert' } })
    expect(await updates(team)).toEqual([
      { name: { from: 'Bob Fox', to: 'Robert' }, email: { from: bob.email, to: `robert-${bob.id}@x.test` } },
    ])
    const member = (await bob.api.get(`${other.path}/members`)).body.data[0]
    expect(member).toMatchObject({ user_id: bob.id, profile: { name: 'Robert' } })
  })

  test('makes a sign-in visible, without an entry in the log', async () => {
    const { team, bob } = await pair()
    const now = Date.now()
    await startSession(env.ACCOUNTS, { userId: bob.id, method: 'email_code', userAgent: null }, now)

    await deliver([about(bob)])

    expect(await shown(team, bob)).toMatchObject({ last_sign_in_at: new Date(now).toISOString() })
    expect(await updates(team)).toEqual([])
  })

  test('is noted once an hour at most, and raises no revision of the organization', async () => {
    const { team, bob } = await pair()
    const { revision } = (await team.owner.api.get(team.path)).body
    const first = Date.now()
    const signIn = (now: number) =>
      startSession(env.ACCOUNTS, { userId: bob.id, method: 'email_code', userAgent: null }, now)
    const times = [first, first + 60 * 60_000 - 1, first + 60 * 60_000]
    const noted: boolean[] = []
    for (const now of times) noted.push((await signIn(now))?.isNoted === true)
    expect(noted).toEqual([true, false, true])

    await deliver([about(bob)])
    expect(await shown(team, bob)).toMatchObject({ last_sign_in_at: new Date(first + 60 * 60_000).toISOString() })
    expect((await team.owner.api.get(team.path)).body.revision).toBe(revision)
  })

  test('that comes again, late, or twice in a batch changes nothing more', async () => {
    const { team, bob } = await pair()
    await change(bob, { name: 'Robert' })
    expect(await deliver([about(bob), about(bob)])).toEqual({ acknowledged: ['m0', 'm1'], retried: [] })
    const { revision } = (await team.owner.api.get(team.path)).body

    await deliver([about(bob)])

    expect((await team.owner.api.get(team.path)).body.revision).toBe(revision)
    expect(await updates(team)).toHaveLength(1)
  })

  test('reaches the rows of people who were removed', async () => {
    const { team, bob } = await pair()
    await remove(team, bob)
    await change(bob, { email: `gone-${bob.id}@x.test` })
    await deliver([about(bob)])
    expect(await shown(team, bob)).toMatchObject({ email: `gone-${bob.id}@x.test`, status: 'removed' })
    expect(await updates(team)).toEqual([])
  })

  test('follows addresses that two people have swapped, whoever is named', async () => {
    const { team, bob } = await pair()
    const cat = await newMember(team)
    await followed(team)
    await change(bob, { email: `between-${bob.id}@x.test` })
    await change(cat, { email: bob.email })
    await change(bob, { email: cat.email })

    expect(await deliver([about(bob)])).toEqual({ acknowledged: ['m0'], retried: [] })

    expect((await shown(team, bob)).email).toBe(cat.email)
    expect((await shown(team, cat)).email).toBe(bob.email)
  })

  test('about nobody, or nobody any more, is done', async () => {
    expect(await deliver([about({ id: 'usr_nobody' })])).toEqual({ acknowledged: ['m0'], retried: [] })
  })

  test('that cannot be read comes again, for newer code', async () => {
    const { team, bob } = await pair()
    await change(bob, { name: 'Robert' })
    expect(await deliver([{ version: 2 }, about(bob)])).toEqual({ acknowledged: ['m1'], retried: ['m0'] })
    expect((await shown(team, bob)).profile.name).toBe('Robert')
  })
})

describe('an organization out of reach', () => {
  test('keeps its people for another time, and nobody else', async () => {
    const [{ team, bob }, { team: fine, bob: cat }] = [await pair(), await pair()]
    await change(bob, { name: 'Robert' })
    await change(cat, { name: 'Catherine' })
    const bindings = { ORGANIZATION: broken((id) => id === team.id) }

    expect(await deliver([about(bob), about(cat)], bindings)).toEqual({ acknowledged: ['m1'], retried: ['m0'] })

    expect((await shown(fine, cat)).profile.name).toBe('Catherine')
    expect(await deliver([about(bob)])).toEqual({ acknowledged: ['m0'], retried: [] })
    expect((await shown(team, bob)).profile.name).toBe('Robert')
  })

  test('leaves the mark of cron in place; once all is done cron may queue the person at once', async () => {
    const { team, bob } = await pair()
    await change(bob, { name: 'Robert' })
    const marked = () => mark(env.ACCOUNTS, 'person_changed', [bob.id], Date.now())
    await marked()
    await deliver([about(bob)], { ORGANIZATION: broken((id) => id === team.id) })
    expect(await marked()).toEqual([])

    await deliver([about(bob)])

    expect(await marked()).toEqual([bob.id])
  })

  test('of a deleted account loses its mark when nothing is left', async () => {
    const person = { id: 'usr_long_gone' }
    const marked = () => mark(env.ACCOUNTS, 'person_deleted', [person.id], Date.now())
    await marked()
    await deliver([{ version: 1, kind: 'person_deleted', userId: person.id }])
    expect(await marked()).toEqual([person.id])
  })

  test('does not keep back the others of a command that holds somebody who cannot be followed', async () => {
    const { team, bob } = await pair()
    const cat = await newMember(team)
    await followed(team)
    await change(bob, { name: 'Robert' })
    // The directory has lost who holds this address.
    await env.ACCOUNTS.prepare('delete from users where id = ?').bind(cat.id).run()
    const dan = await newMember(team)
    await followed(team)
    await change(dan, { email: cat.email })

    expect(await deliver([about(bob), about(dan)])).toEqual({ acknowledged: ['m0'], retried: ['m1'] })

    expect((await shown(team, bob)).profile.name).toBe('Robert')
    expect((await shown(team, dan)).email).toBe(dan.email)
  })
})

describe('a change that nobody was told of', () => {
  test('is found by the sweep, and only once everybody has it is it settled', async () => {
    const { team, bob } = await pair()
    await change(bob, { name: 'Robert' })

    await runCron(Date.now() + 3 * MINUTE, { ORGANIZATION: broken((id) => id === team.id) })
    expect(await unsettled(bob)).toBe(true)
    await runCron(Date.now() + 3 * MINUTE + MARKED_FOR_MS)
    expect((await shown(team, bob)).profile.name).toBe('Robert')
    await followed(team)
    await runCron(Date.now() + 8 * MINUTE + MARKED_FOR_MS)

    expect(await unsettled(bob)).toBe(false)
  })

  test('is settled without asking any organization once the directory says that all have it', async () => {
    const { team, bob } = await pair()
    await change(bob, { name: 'Robert' })
    await deliver([about(bob)])
    await followed(team)
    const { people } = await runCron(Date.now() + 3 * MINUTE)
    expect(people).toEqual([])
    expect(await unsettled(bob)).toBe(false)
  })

  test('is left to the queue for two minutes', async () => {
    const { bob } = await pair()
    await change(bob, { name: 'Robert' })
    await runCron(Date.now() + MINUTE)
    expect(await unsettled(bob)).toBe(true)
  })

  test('during the sweep stays for the next one', async () => {
    const { team, bob } = await pair()
    await change(bob, { name: 'Robert' })
    const changing = organizationsVia((object) => ({
      execute: async (request) => {
        await change(bob, { name: 'Rob' })
        return object.execute(request)
      },
      wake: () => object.wake(),
    }))
    await runCron(Date.now() + 3 * MINUTE, { ORGANIZATION: changing })
    expect(await unsettled(bob)).toBe(true)
    await runCron(Date.now() + 3 * MINUTE + MARKED_FOR_MS)
    expect((await shown(team, bob)).profile.name).toBe('Rob')
  })
})

describe('an announcement', () => {
  test('goes to the queue, and from there to the consumer', async () => {
    const { team, bob } = await pair()
    await change(bob, { name: 'Robert' })
    await announcePersonChange(env.PEOPLE_QUEUE, bob.id)
    await vi.waitFor(async () => expect((await shown(team, bob)).profile.name).toBe('Robert'), {
      timeout: 90_000,
      interval: 50,
    })
  })

  test('that the queue does not take fails nothing', async () => {
    const deaf = { send: () => Promise.reject(new Error('Queue is overloaded')) } as unknown as Queue
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    await announcePersonChange(deaf, 'usr_bob')
    expect(warned).toHaveBeenCalledOnce()
  })
})

describe('somebody who joins while their account changes', () => {
  test('is followed at once, though the directory does not know of the membership yet', async () => {
    const [team, bob] = [await newOrganization(), await newUser('Bob Fox')]
    const read = { id: bob.id, email: bob.email, revision: 1 }
    await change(bob, { name: 'Robert' })
    const member = await newMemberAsRead(team, bob)
    let asked = 0
    const counting = organizationsVia((object) => {
      asked += 1
      return object
    })

    await followSinceRead({ ...env, ORGANIZATION: counting }, team.id, read)
    expect((await shown(team, member)).profile.name).toBe('Robert')
    await followSinceRead({ ...env, ORGANIZATION: counting }, team.id, { ...read, revision: 2 })

    expect(asked).toBe(1)
  })
})

describe('many people of one command', () => {
  const closing = (person: Person) =>
    env.ACCOUNTS.prepare('update users set closing_at = 1 where id = ?').bind(person.id).run()

  test('follow their accounts though one of them cannot be forgotten', async () => {
    const [team, people] = [await newOrganization(), [await newUser('Bob Fox'), await newUser('Cat Day')]]
    const read = people.map(({ id, email }) => ({ id, email, revision: 1 }))
    const [bob, cat] = [people[0] as Person, people[1] as Person]
    await newMemberAsRead(team, bob)
    const member = await newMemberAsRead(team, cat)
    await closing(bob)
    await change(cat, { name: 'Catherine' })
    const failing = organizationsVia((object) => ({
      execute: (request) =>
        JSON.stringify(request).includes('ErasePerson') ? Promise.reject(new Error('lost')) : object.execute(request),
    }))
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)

    await followManySinceRead({ ...env, ORGANIZATION: failing }, team.id, read, new Set([bob.id, cat.id]))

    expect((await shown(team, member)).profile.name).toBe('Catherine')
  })

  test('keep their rows if they were members before, though their account is being deleted', async () => {
    const { team, bob } = await pair()
    await closing(bob)
    await followManySinceRead(env, team.id, [{ id: bob.id, email: bob.email, revision: 1 }], new Set())
    expect(await shown(team, bob)).toMatchObject({ email: bob.email, status: 'active' })
  })
})

/** Joins with what was read of the account before it changed. */
async function newMemberAsRead(team: Team, bob: Person): Promise<Member> {
  const person = { memberId: typeidUnboxed('mem'), userId: bob.id, email: bob.email, name: bob.name, revision: 1 }
  const terms = { type: 'AddMember', role: 'member', source: 'added', profile: {} } as const
  await carryOut(team, { ...terms, person })
  return { ...bob, memberId: person.memberId }
}

test('whoever reads another queue is not asked', () => {
  const batch = createMessageBatch('muster-unknown', [])
  expect(() => worker.queue(batch, env)).toThrow('muster-unknown')
})

test('rows that are behind are found without looking at those of others', async () => {
  const plans: string[] = []
  const watching = new Proxy(env.DIRECTORY, {
    get(target, name) {
      if (name !== 'prepare') return Reflect.get(target, name)
      return (query: string) => {
        plans.push(query)
        return target.prepare(query)
      }
    },
  })
  const people = [{ userId: 'usr_a', revision: 2, after: null }]
  await membershipsBehind(watching, people, 10)
  await peopleBehind(watching, people)
  for (const query of plans) {
    const { results } = await env.DIRECTORY.prepare(`explain query plan ${query}`)
      .bind(...['[]', 1].slice(0, query.includes('?2') ? 2 : 1))
      .all<{ detail: string }>()
    expect(results.map(({ detail }) => detail).join('\n')).toMatch(/SEARCH members .*INDEX members_user/)
  }
})
