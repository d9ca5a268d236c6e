import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { OrganizationChore } from '../../src/contract/organization-chore.ts'
import type { PersonMessage } from '../../src/contract/person-message.ts'
import { consumeOrganizations } from '../../src/jobs/organizations-consumer.ts'
import { consumePeople } from '../../src/jobs/people-consumer.ts'
import { type SweepOptions, sweep } from '../../src/jobs/sweep.ts'

/** A queue that keeps its messages until somebody takes them. */
export function heldQueue<Body>(): { readonly queue: Queue; readonly take: () => Body[] } {
  let held: Body[] = []
  const queue = {
    send: async (body: Body) => void held.push(body),
    sendBatch: async (messages: Iterable<{ readonly body: Body }>) => {
      for (const { body } of messages) held.push(body)
    },
  }
  const take = () => {
    const taken = held
    held = []
    return taken
  }
  return { queue: queue as unknown as Queue, take }
}

export interface CronRun {
  readonly organizations: readonly OrganizationChore[]
  readonly people: readonly PersonMessage[]
  /** How many messages their consumers asked for again, which then never come. */
  readonly retried: number
}

/** A run of cron, and all that it brings to its queues. */
export async function runCron(
  now: number,
  bindings: Partial<Record<keyof Env, unknown>> = {},
  options: Partial<SweepOptions> = {},
): Promise<CronRun> {
  const [organizations, people] = [heldQueue<OrganizationChore>(), heldQueue<PersonMessage>()]
  const queues = { ORGANIZATIONS_QUEUE: organizations.queue, PEOPLE_QUEUE: people.queue }
  const bound = { ...env, ...bindings, ...queues } as Env
  await sweep(bound, now, options)
  const delivered: { organizations: OrganizationChore[]; people: PersonMessage[] } = { organizations: [], people: [] }
  let retried = 0
  for (;;) {
    const [chores, news] = [organizations.take(), people.take()]
    if (chores.length === 0 && news.length === 0) return { ...delivered, retried }
    delivered.organizations.push(...chores)
    delivered.people.push(...news)
    retried += await deliver('muster-organizations', chores, (batch) => consumeOrganizations(batch, bound, () => now))
    retried += await deliver('muster-people', news, (batch) => consumePeople(batch, bound))
  }
}

async function deliver(
  queue: string,
  bodies: readonly unknown[],
  consume: (batch: MessageBatch) => Promise<void>,
): Promise<number> {
  let retried = 0
  for (let start = 0; start < bodies.length; start += 50) {
    const messages = bodies
      .slice(start, start + 50)
      .map((body, index) => ({ id: `m${index}`, timestamp: new Date(), attempts: 1, body }))
    const batch = createMessageBatch(queue, messages)
    await consume(batch)
    retried += (await getQueueResult(batch, createExecutionContext())).retryMessages.length
  }
  return retried
}
