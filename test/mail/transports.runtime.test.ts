import { env } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/d1'
import { expect, inject, test } from 'vitest'
import { listMailbox } from '../../src/mail/mailbox.ts'
import { type TransportConfig, transportOf } from '../../src/mail/transports.ts'
import { outgoingMail } from '../support/mails.ts'

const sink = inject('smtpSink')
const db = drizzle(env.ACCOUNTS)

const config: TransportConfig = {
  MAIL_TRANSPORT: 'smtp',
  SMTP_HOST: sink.host,
  SMTP_PORT: sink.tls,
  SMTP_SECURITY: 'tls',
  SMTP_USERNAME: 'muster',
  SMTP_PASSWORD: sink.password,
}

const deliver = async (transport: TransportConfig['MAIL_TRANSPORT'], address: string) => {
  const mail = outgoingMail({ id: address, to: { address, name: null } })
  expect(await transportOf({ ...config, MAIL_TRANSPORT: transport }, db).send(mail)).toEqual({
    ok: true,
    value: undefined,
  })
  const bySmtp: unknown[] = await (await fetch(`${sink.url}/mails?${new URLSearchParams({ to: address })}`)).json()
  return { smtp: bySmtp.length, mailbox: (await listMailbox(db, { to: address, limit: 10 })).length }
}

test('the configuration chooses where mail goes', async () => {
  expect(await deliver('mailbox', 'chosen-mailbox@x.test')).toEqual({ smtp: 0, mailbox: 1 })
  expect(await deliver('smtp', 'chosen-smtp@x.test')).toEqual({ smtp: 1, mailbox: 0 })
})
