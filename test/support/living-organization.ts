import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { typeidUnboxed } from 'typeid-js'
import type { Command } from '../../src/membership/commands.ts'
import type { Query } from '../../src/membership/queries.ts'
import { organizationClient } from '../../src/organization/client.ts'
import type { OrganizationObject, Seams } from '../../src/organization/organization-object.ts'
import type { AnsweredQuery, ExecutedCommand, ExecuteRequest } from '../../src/organization/requests.ts'
import { CHAIN_START } from '../../src/records/event-chain.ts'
import { type Act, type By, commandsIn, idsIn } from './commands.ts'
import { type Rows, rowsOf } from './organization-rows.ts'

/** The first stretch of a log, without checkpoints. */
export const WHOLE_LOG = { type: 'VerifyEvents', afterSeq: 0, previousHash: CHAIN_START, checkpoints: [] } as const

/** A real organization object, reached as the worker reaches it. */
export function livingOrganization(id = typeidUnboxed('org')) {
  // Anew for each call, as the worker does it: a stub dies with the object that it has reached.
  const client = () => organizationClient(env.ORGANIZATION, id)
  const stub = () => env.ORGANIZATION.getByName(id)
  const ids = idsIn(id)
  return {
    id,
    ids,
    /** The commands, with the ids of this organization. */
    say: commandsIn(id),

    execute: async <C extends Command>(
      { caller, command }: Act<C>,
      terms: Pick<ExecuteRequest, 'ifRevision' | 'idempotency'> = {},
    ): Promise<ExecutedCommand<C>> => await client().execute({ caller, command, ...terms }),

    read: async <Q extends Query>(query: Q, by: By = 'operator'): Promise<AnsweredQuery<Q>> =>
      await client().read(ids.caller(by), query),

    wake: async () => await client().wake(),
    rebuild: async () => await client().rebuild(),

    /** Runs in the object's own context, beside its requests. */
    inside: <R>(run: (object: OrganizationObject, storage: DurableObjectStorage) => R | Promise<R>): Promise<R> =>
      runInDurableObject(stub(), (object, state) => run(object, state.storage)),

    rows: (): Promise<Rows> => runInDurableObject(stub(), (_, { storage }) => rowsOf(storage)),

    /** Replaces what the object takes from outside, until it is evicted. */
    seams: (seams: Partial<Seams>): Promise<void> =>
      runInDurableObject(stub(), (object) => {
        Object.assign(object.seams, seams)
      }),

    evict: (): Promise<void> => evictDurableObject(stub()),
    alarm: (): Promise<boolean> => runDurableObjectAlarm(stub()),
    alarmTime: (): Promise<number | null> => runInDurableObject(stub(), (_, { storage }) => storage.getAlarm()),
  }
}

export type LivingOrganization = ReturnType<typeof livingOrganization>

interface Founding {
  readonly owners?: readonly string[]
  readonly members?: readonly string[]
  readonly seatLimit?: number | null
  readonly ownership?: 'multiple' | 'single'
  readonly seams?: Partial<Seams>
}

/**
 * A new organization with these people. Unless a test says otherwise its mails are asked for and go nowhere, so that
 * nothing comes back that the test has not done.
 */
export async function foundOrganization(founding: Founding): Promise<LivingOrganization> {
  const { owners = [], members = [], seatLimit = null, ownership = 'multiple', seams = {} } = founding
  const acme = livingOrganization()
  await acme.seams({ enqueue: async () => {}, ...seams })
  const [first, ...others] = owners
  const owner = first === undefined ? null : acme.ids.person(first)
  const acts = [
    acme.say.createOrganization({ seatLimit, ownership, owner }),
    ...others.map((name) => acme.say.addMember(name, { role: 'owner' })),
    ...members.map((name) => acme.say.addMember(name)),
  ]
  for (const act of acts) {
    const executed = await acme.execute<Command>(act)
    if (!executed.ok) throw new Error(`${act.command.type} was refused: ${executed.error.code}`)
  }
  return acme
}
