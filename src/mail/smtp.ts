import net from 'node:net'
import { Readable } from 'node:stream'
import tls from 'node:tls'
import type { NodemailerError } from 'nodemailer/lib/errors'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { ok, type Result, refuse } from '../membership/result.ts'
import { type MimeMessage, mimeMessage } from './mime-message.ts'
import type { DeliveryFailure, Transport } from './transport.ts'

/**
 * `tls`: encrypted from the first byte; `starttls`: encrypted before anything else is said, or not at all; `none`: for
 * a server on the same machine. An empty `username` means no authentication. `timeoutMs` bounds everything up to the
 * end of the mail, and `answerTimeoutMs` the wait for the answer to it.
 */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  readonly security: 'tls' | 'starttls' | 'none'
  readonly username: string
  readonly password: string
  readonly timeoutMs?: number
  readonly answerTimeoutMs?: number
}

type Delivery = Result<void, DeliveryFailure>

const TIMEOUT_MS = 30_000
/**
 * RFC 5321, 4.5.3.2.6 asks for ten minutes. The consumer of a queue has fifteen for a whole batch, so it waits for less and
 * treats a mail without an answer as perhaps delivered.
 */
const ANSWER_TIMEOUT_MS = 60_000

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
    const interrupted = interruption(connection, server)
    const delivery = await Promise.race([
      deliver(connection, server, message, interrupted.waitForAnswer),
      interrupted.delivery,
    ])
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
function connectionTo(server: SmtpServer): SMTPConnection {
  const { host, port, security, timeoutMs = TIMEOUT_MS, answerTimeoutMs = ANSWER_TIMEOUT_MS } = server
  const encrypted = security === 'tls'
  return new SMTPConnection({
    host,
    port,
    connection: encrypted ? tls.connect({ host, port, servername: host }) : net.connect({ host, port }),
    secure: encrypted,
    secured: encrypted,
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    socketTimeout: Math.max(timeoutMs, answerTimeoutMs),
    socketCloseTimeout: 0,
  })
}

async function deliver(
  connection: SMTPConnection,
  { username, password }: SmtpServer,
  { sender, recipient, source }: MimeMessage,
  waitForAnswer: () => void,
): Promise<Delivery> {
  // The library reads the mail only after the server has asked for it (354), and then writes it out at once.
  const body = Readable.from([source], { objectMode: false }).once('end', waitForAnswer)
  try {
    await reply((done) => connection.connect(done))
    if (username !== '') await reply((done) => connection.login({ user: username, pass: password }, done))
    await reply((done) => connection.send({ from: sender, to: [recipient] }, body, done))
    return ok(undefined)
  } catch (error) {
    if (!isDeliveryError(error)) throw error
    return refuse(failureOf(error))
  }
}

const unanswered = (detail: string): DeliveryFailure => ({ kind: 'unanswered', detail: `${detail} after DATA` })

const reply = (command: (done: (error?: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => command((error) => (error ? reject(error) : resolve())))

/** Ends a delivery for other reasons than its commands: the connection breaks, or a part of it takes too long. */
function interruption(connection: SMTPConnection, server: SmtpServer) {
  const { timeoutMs = TIMEOUT_MS, answerTimeoutMs = ANSWER_TIMEOUT_MS } = server
  const { promise, resolve } = Promise.withResolvers<Delivery>()
  const tooSlow = () => resolve(refuse({ kind: 'transient', detail: `not delivered within ${timeoutMs} ms` }))
  let isOut = false
  let timer = setTimeout(tooSlow, timeoutMs)
  const waitForAnswer = () => {
    isOut = true
    clearTimeout(timer)
    timer = setTimeout(() => resolve(refuse(unanswered(`no answer within ${answerTimeoutMs} ms`))), answerTimeoutMs)
  }
  connection.on('error', (error: NodemailerError) => {
    resolve(refuse(isOut && !error.responseCode ? unanswered(error.code ?? 'ESOCKET') : failureOf(error)))
  })
  return { delivery: promise, waitForAnswer, dismiss: () => clearTimeout(timer) }
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
