import type { Database } from '../records/database.ts'
import { mailboxTransport } from './mailbox.ts'
import { smtpTransport } from './smtp.ts'
import type { Transport } from './transport.ts'

/** The part of the deployment's configuration that says how mail leaves it. */
export interface TransportConfig {
  readonly MAIL_TRANSPORT: 'mailbox' | 'smtp'
  readonly SMTP_HOST: string
  readonly SMTP_PORT: number
  readonly SMTP_SECURITY: 'tls' | 'starttls' | 'none'
  readonly SMTP_USERNAME: string
  readonly SMTP_PASSWORD: string
}

export function transportOf(config: TransportConfig, db: Database): Transport {
  switch (config.MAIL_TRANSPORT) {
    case 'mailbox':
      return mailboxTransport(db)
    case 'smtp':
      return smtpTransport({
        host: config.SMTP_HOST,
        port: config.SMTP_PORT,
        security: config.SMTP_SECURITY,
        username: config.SMTP_USERNAME,
        password: config.SMTP_PASSWORD,
      })
  }
}
