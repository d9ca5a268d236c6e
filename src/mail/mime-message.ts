import MimeNode from 'nodemailer/lib/mime-node'
import type { OutgoingMail } from './transport.ts'

/** Addresses and bytes as SMTP takes them. `sender` is empty when `from` holds no address. */
export interface MimeMessage {
  readonly sender: string
  readonly recipient: string
  readonly source: Buffer
}

/**
 * RFC 5322 with a plain and an HTML part (RFC 2046, multipart/alternative: the best one last). The Message-ID
 * follows from the mail's id, so that receivers see that a repeated mail is the same. What is no ASCII, too long, or a
 * line break where none may be, is encoded or dropped by the library.
 */
export async function mimeMessage(mail: OutgoingMail): Promise<MimeMessage> {
  const root = new MimeNode('multipart/alternative', { newline: 'windows' })
  root.setHeader({ From: mail.from, To: { address: mail.to.address, name: mail.to.name ?? '' } })
  const sender = root.getEnvelope().from || ''
  root.setHeader({
    'Message-ID': `<${idToken(mail.id)}@${sender.slice(sender.lastIndexOf('@') + 1)}>`,
    Date: new Date(mail.sentAt),
    Subject: mail.subject,
    // RFC 3834: keeps out-of-office programs from answering.
    'Auto-Submitted': 'auto-generated',
  })
  if (mail.unsubscribeUrl !== undefined) {
    // RFC 2369; its value is ASCII, and a line of its own. RFC 8058: one click is for https alone.
    root.setHeader('List-Unsubscribe', { prepared: true, foldLines: false, value: `<${mail.unsubscribeUrl}>` })
    if (mail.unsubscribeUrl.startsWith('https:')) {
      root.setHeader('List-Unsubscribe-Post', 'List-Unsubscribe=One-Click')
    }
  }
  root.createChild('text/plain; charset=utf-8').setContent(mail.text)
  root.createChild('text/html; charset=utf-8').setContent(mail.html)
  return { sender, recipient: mail.to.address, source: await root.build() }
}

/** Only what a Message-ID may hold in front of its @ without quotes (RFC 5322, dot-atom). */
const idToken = (id: string): string => id.replace(/[^A-Za-z0-9_.-]/g, '-')
