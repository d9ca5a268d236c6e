import net from 'node:net'
import tls from 'node:tls'
import type { NodemailerError } from 'nodemailer/lib/errors'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { ok, type Result, refuse } from '../membership/result.ts'
import { type MimeMessage, mimeMessage } from './mime-message.ts'
import type { DeliveryFailure, Transport } from './transport.ts'

/**
 * `tls`: encrypted from the first byte; `starttls`: encrypted before anything else is said, or not at all; `none`: for
 * a server on the same machine. An empty `username` means no authentication. `timeoutMs` bounds a delivery as a whole.
 */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  readonly security: 'tls' | 'starttls' | 'none'
  readonly username: string
  readonly password: string
  readonly timeoutMs?: number
}

type Delivery = Result<void, DeliveryFailure>

const TIMEOUT_MS = 30_000

const ADDRESS = /^[^\s<>]+@[^\s<>@]+$/

/**
 * One connection for each mail. A Worker has at most six at a time and lets further ones wait within their timeout, so
 * whoever sends many should send few at once.
 */
export const smtpTransport = (server: SmtpServer): Transport => ({
  async send(mail) {
    const message = await mimeMessage(mail)
    if (!ADDRESS.test(message.sender)) return refuse({ kind: 'transient', detail: 'the sender is no address' })
    if (!ADDRESS.test(message.recipient)) return refuse({ kind: 'permanent', detail: 'the recipient is no address' })
    const connection = connectionTo(server)
    const interrupted = interruption(connection, server.timeoutMs ?? TIMEOUT_MS)
    const delivery = await Promise.race([deliver(connection, server, message), interrupted.delivery])
    interrupted.dismiss()
    if (delivery.ok) connection.quit()
    else connection.close()
    return delivery
  },
})

/**
 * The socket is ours because the library would look the host up itself and connect to the address, and the runtime
 * checks a certificate against the name that it connects to.
 */
function connectionTo({ host, port, security, timeoutMs = TIMEOUT_MS }: SmtpServer): SMTPConnection {
  const encrypted = security === 'tls'
  return new SMTPConnection({
    host,
    port,
    connection: encrypted ? tls.connect({ host, port, servername: host }) : net.connect({ host, port }),
    secure: encrypted,
    secured: encrypted,
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    socketTimeout: timeoutMs,
    socketCloseTimeout: 0,
  })
}

async function deliver(connection: SMTPConnection, server: SmtpServer, message: MimeMessage): Promise<Delivery> {
  const { username, password } = server
  const { sender, recipient, source } = message
  try {
    await reply((done) => connection.connect(done))
    if (username !== '') await reply((done) => connection.login({ user: username, pass: password }, done))
    await reply((done) => connection.send({ from: sender, to: [recipient] }, source, done))
    return ok(undefined)
  } catch (error) {
    if (!isDeliveryError(error)) throw error
    return refuse(failureOf(error))
  }
}

const reply = (command: (done: (error?: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => command((error) => (error ? reject(error) : resolve())))

/** What ends a delivery from outside of its commands: the connection breaks, or all of it takes too long. */
function interruption(connection: SMTPConnection, timeoutMs: number) {
  const { promise, resolve } = Promise.withResolvers<Delivery>()
  const timer = setTimeout(
    () => resolve(refuse({ kind: 'transient', detail: `not delivered within ${timeoutMs} ms` })),
    timeoutMs,
  )
  connection.on('error', (error: NodemailerError) => resolve(refuse(failureOf(error))))
  return { delivery: promise, dismiss: () => clearTimeout(timer) }
}

/** Every error of the library has a code; one without is a bug of ours. */
const isDeliveryError = (error: unknown): error is NodemailerError => error instanceof Error && 'code' in error

/** RFC 4954: the server wants (other) credentials, which says nothing about the recipient. */
const AUTHENTICATION_REPLIES = [530, 534, 535, 538]

/**
 * Permanent is only what a server says about this recipient or this text. A refused sender or password is for the
 * operator to mend. The server's words are left out: they may quote the mail.
 */
function failureOf({ code, command, response, responseCode, permanent }: NodemailerError): DeliveryFailure {
  if (!responseCode) return { kind: 'transient', detail: `${code} at ${command ?? 'CONN'}` }
  const [, status = ''] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '') ?? []
  const aboutMail = command === 'RCPT TO' || command === 'DATA'
  return {
    kind: permanent && aboutMail && !AUTHENTICATION_REPLIES.includes(responseCode) ? 'permanent' : 'transient',
    detail: `${command ?? 'CONN'} was answered with ${responseCode} ${status}`.trimEnd(),
  }
}
