import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { getUser } from '../../src/accounts/users.ts'
import type { PersonMessage } from '../../src/contract/person-message.ts'
import { directoriesOf } from '../../src/directory/directories.ts'
import { consumePeople } from '../../src/jobs/people-consumer.ts'
import type { Account } from '../../src/membership/commands.ts'
import { NOTHING_WAITS } from '../../src/organization/relay/relay.ts'
import { newUser, type Person } from '../support/api-builders.ts'
import { databaseThat, organizationsVia } from '../support/api-faults.ts'
import { someId } from '../support/api-world.ts'
import { heldQueue, runCron } from '../support/cron.ts'

/* People in more organizations than one message reaches. The organizations are rows in the directory and answer at once. */

const ORGANIZATIONS = 150
const PER_MESSAGE = 60
const MINUTE = 60_000

beforeEach(async () => {
  // What the test before has left undone is none of this one's business.
  await env.ACCOUNTS.prepare('update users set settled_revision = revision, closing_at = null').run()
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

/** A person with a member row in each of so many organizations, in all directories, in step with the account. */
async function crowd(): Promise<{ person: Person; ids: string[] }> {
  const person = await newUser('Bob Fox')
  const ids = Array.from({ length: ORGANIZATIONS }, () => someId('org')).sort()
  const rows = ids.map((organization) => ({ id: someId('mem'), organization, user: person.id, email: person.email }))
  const insert = (database: D1Database, own: typeof rows) =>
    database
      .prepare(
        `insert into members (id, organization_id, user_id, email, role, status, source, profile, attributes, person_revision,
       name_key, joined_at, created_at, updated_at, revision, version)
     select value ->> 'id', value ->> 'organization', value ->> 'user', value ->> 'email', 'member', 'active', 'added', '{}',
       '{}', 1, 'bob', 0, 0, 0, 1, 1 from json_each(?)`,
      )
      .bind(JSON.stringify(own))
      .run()
  const all = directoriesOf(env)
  for (const [place, { database }] of all.entries()) {
    await insert(
      database,
      rows.filter((_, index) => index % all.length === place),
    )
  }
  return { person, ids }
}

/** Organizations that do as they are told, and a directory that hears of it once `arrive` is called. */
function obedient() {
  const asked: string[] = []
  const rows = new Map<string, number>()
  let before: (id: string) => void = () => undefined
  const organizations = organizationsVia((_, id) => ({
    execute: async ({ command }) => {
      before(id)
      asked.push(id)
      const { type, people } = command as { type: string; people?: readonly Account[] }
      rows.set(id, type === 'ErasePerson' ? Number.MAX_SAFE_INTEGER : (people?.[0]?.revision ?? 0))
      return { ok: true, value: { heldBy: [], nextSeq: null }, revision: 2, replayed: false }
    },
    read: async () => ({ ok: true, value: { isLastOwner: false, organizationName: 'Acme' }, revision: 1 }),
    wake: async () => ({ exists: true, slug: null, version: 1, waiting: NOTHING_WAITS }),
  }))
  const arrive = async () => {
    const query =
      'update members set person_revision = value ->> 1 from json_each(?) where organization_id = value ->> 0'
    for (const { database } of directoriesOf(env))
      await database
        .prepare(query)
        .bind(JSON.stringify([...rows]))
        .run()
  }
  const onCall = (call: (id: string) => void) => {
    before = call
  }
  return { asked, organizations, arrive, onCall }
}

async function change({ id }: Person): Promise<void> {
  await env.ACCOUNTS.prepare("update users set name = 'Robert', revision = revision + 1, updated_at = ? where id = ?")
    .bind(Date.now(), id)
    .run()
}

/** Delivers a message once. Answers with those that follow from it; null: it comes again. */
async function deliver(
  message: PersonMessage,
  bindings: Partial<Record<keyof Env, unknown>>,
): Promise<PersonMessage[] | null> {
  const { queue, take } = heldQueue<PersonMessage>()
  const batch = createMessageBatch('muster-people', [{ id: 'm', timestamp: new Date(), attempts: 1, body: message }])
  try {
    await consumePeople(batch, { ...env, PEOPLE_QUEUE: queue, ...bindings } as Env, PER_MESSAGE)
  } catch {
    return null
  }
  const { explicitAcks } = await getQueueResult(batch, createExecutionContext())
  return explicitAcks.length === 0 ? null : take()
}

/** Delivers a message and all that follow from it. Answers how many there were. */
async function deliverAll(first: PersonMessage, bindings: Partial<Record<keyof Env, unknown>>): Promise<number> {
  let count = 0
  for (let left: PersonMessage[] = [first]; left.length > 0; count += 1) {
    const [next, ...others] = left
    const following = next === undefined ? [] : await deliver(next, bindings)
    left = [...others, ...(following ?? (next === undefined ? [] : [next]))]
  }
  return count
}

const news = (kind: PersonMessage['kind'], { id: userId }: Person): PersonMessage => ({ version: 1, kind, userId })

/** Fails once, when so many have been asked. */
const crashAt = (count: number) => {
  let calls = 0
  return () => {
    calls += 1
    if (calls === count) throw new Error('killed')
  }
}

describe('a changed person in 150 organizations', () => {
  test('is followed by all of them, each asked once, while the directory lags behind them', async () => {
    const { person, ids } = await crowd()
    const { asked, organizations } = obedient()
    await change(person)
    expect(await deliverAll(news('person_changed', person), { ORGANIZATION: organizations })).toBe(3)
    expect(asked.toSorted()).toEqual(ids)
  })

  test('is followed by all of them though a message dies halfway and comes again', async () => {
    const { person, ids } = await crowd()
    const { asked, organizations } = obedient()
    await change(person)
    const dying = { send: () => Promise.reject(new Error('killed')) }
    expect(
      await deliver(news('person_changed', person), { ORGANIZATION: organizations, PEOPLE_QUEUE: dying }),
    ).toBeNull()
    expect(new Set(asked).size).toBe(PER_MESSAGE)

    await deliverAll(news('person_changed', person), { ORGANIZATION: organizations })

    expect([...new Set(asked)].toSorted()).toEqual(ids)
    expect(asked).toHaveLength(ORGANIZATIONS + PER_MESSAGE)
  })

  test('is followed by the others though one cannot be reached, and by that one later', async () => {
    const { person, ids } = await crowd()
    const { asked, organizations, arrive, onCall } = obedient()
    await change(person)
    const [broken = ''] = ids
    onCall((id) => {
      if (id === broken) throw new Error('out of reach')
    })
    await deliverAll(news('person_changed', person), { ORGANIZATION: organizations })
    expect(asked.toSorted()).toEqual(ids.slice(1))
    onCall(() => undefined)
    await arrive()

    const { people } = await runCron(Date.now() + 3 * MINUTE, { ORGANIZATION: organizations })

    expect(people.filter(({ userId }) => userId === person.id)).toEqual([news('person_changed', person)])
    expect(asked.filter((id) => ids.includes(id)).slice(ORGANIZATIONS - 1)).toEqual([broken])
  })

  test('is followed by the organizations of all other directories while one is out of reach, and not settled', async () => {
    const { person, ids } = await crowd()
    const { asked, organizations, arrive } = obedient()
    await change(person)
    const down = { DIRECTORY_2: databaseThat((env as unknown as { DIRECTORY_2: D1Database }).DIRECTORY_2, () => true) }
    const bindings = { ORGANIZATION: organizations, ...down }
    for (let left: PersonMessage[] | null = [news('person_changed', person)]; left !== null && left.length > 0; ) {
      const [next = news('person_changed', person)]: PersonMessage[] = left
      left = await deliver(next, bindings)
    }
    const reached = ids.filter((_, index) => index % 3 !== 1)
    expect(asked.toSorted()).toEqual(reached)
    await arrive()
    await runCron(Date.now() + 3 * MINUTE, bindings)
    const settled = 'select 1 from users where id = ? and settled_revision = revision'
    expect(await env.ACCOUNTS.prepare(settled).bind(person.id).first()).toBeNull()

    await runCron(Date.now() + 8 * MINUTE, { ORGANIZATION: organizations })

    expect([...new Set(asked.filter((id) => ids.includes(id)))].toSorted()).toEqual(ids)
  })

  test('goes on after the last organization of the person, though others in the batch are not so far', async () => {
    const [near, far] = [await crowd(), await crowd()]
    const { organizations } = obedient()
    for (const { person } of [near, far]) await change(person)
    const [, after = ''] = [...far.ids.slice(0, 100)].reverse()
    const bodies = [news('person_changed', near.person), { ...news('person_changed', far.person), after }]
    const { queue, take } = heldQueue<PersonMessage>()
    const messages = bodies.map((body, index) => ({ id: `m${index}`, timestamp: new Date(), attempts: 1, body }))
    const bindings = { ...env, PEOPLE_QUEUE: queue, ORGANIZATION: organizations } as unknown as Env
    await consumePeople(createMessageBatch('muster-people', messages), bindings, PER_MESSAGE)
    const next = take().find(({ userId }) => userId === far.person.id)
    expect((next?.after ?? '') >= after).toBe(true)
  })

  test('that lost its messages is found by cron, which asks only those that are left', async () => {
    const { person, ids } = await crowd()
    const { asked, organizations, arrive } = obedient()
    await change(person)
    await deliver(news('person_changed', person), { ORGANIZATION: organizations })
    await arrive()

    await runCron(Date.now() + 3 * MINUTE, { ORGANIZATION: organizations })

    expect(asked.filter((id) => ids.includes(id)).toSorted()).toEqual(ids)
  })
})

describe('a person in 150 organizations whose account is deleted', () => {
  const closing = async (person: Person) => {
    const { id } = person
    await env.ACCOUNTS.prepare('update users set closing_at = ? where id = ?').bind(Date.now(), id).run()
    return news('account_closing', person)
  }
  const progressOf = async ({ id }: Person) =>
    (await env.ACCOUNTS.prepare('select 1 from erasure_progress where user_id = ?').bind(id).all()).results.length

  test('is forgotten by each of them, asked once, while the directory lags behind them; then the account is gone', async () => {
    const { person, ids } = await crowd()
    const { asked, organizations } = obedient()
    const message = await closing(person)
    expect(await deliver(message, { ORGANIZATION: organizations })).toEqual([message])
    expect(await getUser(env.ACCOUNTS, person.id)).not.toBeNull()

    await deliverAll(message, { ORGANIZATION: organizations })

    expect(asked.toSorted()).toEqual(ids)
    expect(await getUser(env.ACCOUNTS, person.id)).toBeNull()
    expect(await progressOf(person)).toBe(0)
  })

  test('is forgotten by all of them though a message dies halfway: what was done is not done again', async () => {
    const { person, ids } = await crowd()
    const { asked, organizations } = obedient()
    const message = await closing(person)
    let statements = 0
    const dying = new Proxy(env.ACCOUNTS, {
      get(target, name) {
        if (name === 'prepare') statements += 1
        if (statements > 10) throw new Error('killed')
        const value = Reflect.get(target, name) as unknown
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    expect(await deliver(message, { ORGANIZATION: organizations, ACCOUNTS: dying })).toBeNull()
    const before = asked.length
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThan(PER_MESSAGE)

    await deliverAll(message, { ORGANIZATION: organizations })

    expect([...new Set(asked)].toSorted()).toEqual(ids)
    // Of the last ten before the end only the note was missing.
    expect(asked.length - ORGANIZATIONS).toBeLessThanOrEqual(10)
  })

  test('is forgotten by the others though one cannot be reached, and keeps the account until then', async () => {
    const { person, ids } = await crowd()
    const { asked, organizations, onCall } = obedient()
    const message = await closing(person)
    onCall((id) => {
      if (id === ids[0]) throw new Error('out of reach')
    })
    for (let times = 0; times < 4; times += 1) await deliver(message, { ORGANIZATION: organizations })
    expect([...new Set(asked)].toSorted()).toEqual(ids.slice(1))
    expect(await getUser(env.ACCOUNTS, person.id)).not.toBeNull()
    onCall(() => undefined)

    await runCron(Date.now() + 3 * MINUTE, { ORGANIZATION: organizations })

    expect(asked.filter((id) => ids.includes(id)).toSorted()).toEqual(ids)
    expect(await getUser(env.ACCOUNTS, person.id)).toBeNull()
  })

  test('comes again after a while if no organization can be reached', async () => {
    const { person } = await crowd()
    const { organizations, onCall } = obedient()
    const message = await closing(person)
    onCall(() => {
      throw new Error('out of reach')
    })
    expect(await deliver(message, { ORGANIZATION: organizations })).toBeNull()
  })

  test('leaves no row that says who the person was, where the account was gone before', async () => {
    const { person, ids } = await crowd()
    const { asked, organizations, onCall } = obedient()
    const message = await closing(person)
    await deliverAll(message, { ORGANIZATION: organizations })
    asked.length = 0
    onCall(crashAt(20))

    await deliverAll(news('person_deleted', person), { ORGANIZATION: organizations })

    expect(asked.length).toBeGreaterThanOrEqual(ORGANIZATIONS - 1)
    expect([...new Set(asked)].every((id) => ids.includes(id))).toBe(true)
  })
})
