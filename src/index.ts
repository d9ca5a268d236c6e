import { drizzle } from 'drizzle-orm/d1'
import { configOf } from './env.ts'
import { api } from './http/app.ts'
import { docs } from './http/docs/docs.tsx'
import { consumeDeadMail, consumeMail, type MailDependencies } from './jobs/mail-consumer.ts'
import { consumeOrganizations } from './jobs/organizations-consumer.ts'
import { consumePeople } from './jobs/people-consumer.ts'
import { sweep } from './jobs/sweep.ts'
import { transportOf } from './mail/transports.ts'
import { gatePage } from './portal/gate-page.tsx'
import { portal } from './portal/portal.tsx'
import type { Database } from './records/database.ts'

export { DirectoryWriter } from './directory/directory-writer.ts'
export { OrganizationObject } from './organization/organization-object.ts'

const app = api(gatePage)
app.route('/', docs(app)).route('/', portal())

function mailDependencies(env: Env): MailDependencies {
  const config = configOf(env)
  return {
    accounts: env.ACCOUNTS,
    organizations: env.ORGANIZATION,
    transport: transportOf(config, drizzle(env.ACCOUNTS) as unknown as Database),
    from: config.MAIL_FROM,
    publicUrl: config.PUBLIC_URL,
    linkKeys: config.LINK_KEYS,
    clock: Date.now,
  }
}

/** By the names of wrangler.toml. */
const CONSUMERS: { readonly [queue: string]: (batch: MessageBatch, env: Env) => Promise<void> } = {
  'muster-mail': (batch, env) => consumeMail(batch, mailDependencies(env)),
  'muster-codes': (batch, env) => consumeMail(batch, mailDependencies(env)),
  'muster-mail-dead': (batch, env) => consumeDeadMail(batch, mailDependencies(env)),
  'muster-people': consumePeople,
  'muster-organizations': (batch, env) => consumeOrganizations(batch, env),
}

function consume(batch: MessageBatch, env: Env): Promise<void> {
  const consumer = CONSUMERS[batch.queue]
  if (consumer === undefined) throw new Error(`Nobody reads the queue ${batch.queue}`)
  return consumer(batch, env)
}

export default {
  fetch: app.fetch,
  scheduled: (controller, env) =>
    sweep(env, Math.max(controller.scheduledTime, Date.now()), { wakes: configOf(env).WAKES_PER_RUN }),
  queue: consume,
} satisfies ExportedHandler<Env>
