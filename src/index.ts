import { drizzle } from 'drizzle-orm/d1'
import { configOf } from './env.ts'
import { api } from './http/app.ts'
import { docs } from './http/docs/docs.tsx'
import { consumeDeadMail, consumeMail, type MailDependencies } from './jobs/mail-consumer.ts'
import { sweep } from './jobs/sweep.ts'
import { transportOf } from './mail/transports.ts'
import { portal } from './portal/portal.tsx'
import type { Database } from './records/database.ts'

export { OrganizationObject } from './organization/organization-object.ts'

const DEAD_MAIL_QUEUE = 'muster-mail-dead'

const app = api()
app.route('/', docs(app)).route('/', portal())

function mailDependencies(env: Env): MailDependencies {
  const config = configOf(env)
  return {
    directory: env.DIRECTORY,
    organizations: env.ORGANIZATION,
    transport: transportOf(config, drizzle(env.DIRECTORY) as unknown as Database),
    from: config.MAIL_FROM,
    publicUrl: config.PUBLIC_URL,
    linkKeys: config.LINK_KEYS,
    clock: Date.now,
  }
}

export default {
  fetch: app.fetch,
  scheduled: (controller, env) => sweep(env, Math.max(controller.scheduledTime, Date.now())),
  queue: (batch, env) =>
    (batch.queue === DEAD_MAIL_QUEUE ? consumeDeadMail : consumeMail)(batch, mailDependencies(env)),
} satisfies ExportedHandler<Env>
