import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { TestProject } from 'vitest/node'
import { selfSignedCertificate } from './self-signed-certificate.ts'
import { readTrustedCertificate, TRUSTED_HOST } from './trusted-certificate.ts'

/**
 * Real SMTP servers on 127.0.0.1, for tests that run in workerd. What a server does is in the address: `rcpt-550@` is
 * refused as recipient with 550, `data-451@` has its text refused with 451, `mail-553@` is refused as sender, and with
 * the number 0 there is never an answer. The mail to `late-700@` is taken, and answered 700 ms later.
 */
export interface SmtpSink {
  /** No encryption; takes the password, but needs none. */
  readonly plain: number
  /** These three need the password: after STARTTLS, encrypted at once, and behind a certificate that nobody trusts. */
  readonly starttls: number
  readonly tls: number
  readonly untrusted: number
  /** Accepts connections and says nothing. */
  readonly silent: number
  /** Greets without end: each line announces another. */
  readonly endless: number
  /** Takes a mail and closes the connection in place of an answer. */
  readonly abrupt: number
  /** Nobody listens. */
  readonly closed: number
  /** The name that the certificates are for. */
  readonly host: string
  readonly password: string
  /** Answers `GET /mails?to=` with SinkMail[] and `GET /logins?username=` with the passwords tried. */
  readonly url: string
}

export interface SinkMail {
  readonly sender: string
  readonly recipients: readonly string[]
  readonly username: string | null
  readonly encrypted: boolean
  /** The message as received, base64. */
  readonly source: string
}

declare module 'vitest' {
  interface ProvidedContext {
    smtpSink: SmtpSink
  }
}

/** What has arrived so far. */
interface Arrivals {
  readonly mails: SinkMail[]
  readonly logins: { readonly username: string; readonly password: string }[]
}

const PASSWORD = 'correct horse'

export default async function startSmtpSink({ provide }: TestProject): Promise<() => Promise<void>> {
  const arrivals: Arrivals = { mails: [], logins: [] }
  const pem = readTrustedCertificate()
  const smtp = (options: SMTPServerOptions) => listen(smtpServer({ ...behavior(arrivals), ...options }))
  const [plain, starttls, tls, untrusted, silent, endless, abrupt, closed, http] = await Promise.all([
    smtp({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true, authOptional: true }),
    smtp({ key: pem, cert: pem, hidePIPELINING: true }),
    smtp({ key: pem, cert: pem, secure: true }),
    smtp(selfSignedCertificate(TRUSTED_HOST)),
    listen(createServer()),
    listen(createServer(greetEndlessly)),
    listen(createServer((socket) => closeAfterMail(socket, arrivals))),
    listen(createServer()),
    listen(httpServer(arrivals)),
  ])
  await closed.stop()
  provide('smtpSink', {
    plain: plain.port,
    starttls: starttls.port,
    tls: tls.port,
    untrusted: untrusted.port,
    silent: silent.port,
    endless: endless.port,
    abrupt: abrupt.port,
    closed: closed.port,
    host: TRUSTED_HOST,
    password: PASSWORD,
    url: `http://127.0.0.1:${http.port}`,
  })
  return async () => {
    await Promise.all([plain, starttls, tls, untrusted, silent, endless, abrupt, http].map(({ stop }) => stop()))
  }
}

/** A client that goes away in the middle is no error of this server's. */
function smtpServer(options: SMTPServerOptions): Server {
  const smtp = new SMTPServer(options)
  smtp.on('error', () => undefined)
  return smtp.server
}

const behavior = ({ mails, logins }: Arrivals): SMTPServerOptions => ({
  disableReverseLookup: true,
  onAuth({ username = '', password }, _session, done) {
    logins.push({ username, password: password ?? '' })
    if (password === PASSWORD) done(null, { user: username })
    else done(smtpError(535))
  },
  onMailFrom: ({ address }, _session, done) => answer(address, 'mail', done),
  onRcptTo: ({ address }, _session, done) => answer(address, 'rcpt', done),
  async onData(stream, { envelope, user, secure }, done) {
    const source = Buffer.concat(await stream.toArray()).toString('base64')
    const recipients = envelope.rcptTo.map(({ address }) => address)
    const sender = envelope.mailFrom ? envelope.mailFrom.address : ''
    const [, lateMs = '0'] = /^late-(\d+)@/.exec(recipients[0] ?? '') ?? []
    answer(recipients[0] ?? '', 'data', (error) => {
      if (!error) mails.push({ sender, recipients, username: user ?? null, encrypted: secure, source })
      setTimeout(() => done(error), Number(lateMs))
    })
  },
})

function answer(address: string, step: string, done: (error?: Error | null) => void): void {
  const [, wanted, code] = /^(mail|rcpt|data)-(\d+)@/.exec(address) ?? []
  if (wanted !== step) done()
  else if (code !== '0') done(smtpError(Number(code)))
}

const smtpError = (responseCode: number): Error =>
  Object.assign(new Error('refused because of https://sink.test/why'), { responseCode })

const httpServer = ({ mails, logins }: Arrivals): Server =>
  createHttpServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://sink.test')
    const found =
      pathname === '/mails'
        ? mails.filter(({ recipients }) => recipients.includes(searchParams.get('to') ?? ''))
        : logins.filter(({ username }) => username === searchParams.get('username')).map(({ password }) => password)
    response.setHeader('content-type', 'application/json').end(JSON.stringify(found))
  })

function greetEndlessly(socket: Socket): void {
  const timer = setInterval(() => socket.write('220-sink.test\r\n'), 50)
  socket.on('close', () => clearInterval(timer))
}

/** Just enough of the protocol to be handed a mail. */
function closeAfterMail(socket: Socket, { mails }: Arrivals): void {
  const recipients: string[] = []
  let mail: string | null = null
  socket.setEncoding('latin1').write('220 sink.test\r\n')
  socket.on('data', (text: string) => {
    if (mail !== null) {
      mail += text
      if (!mail.endsWith('\r\n.\r\n')) return
      const source = Buffer.from(mail.slice(0, -5), 'latin1').toString('base64')
      mails.push({ sender: '', recipients, username: null, encrypted: false, source })
      socket.destroy()
      return
    }
    for (const line of text.split('\r\n').filter((one) => one !== '')) {
      recipients.push(...(/^RCPT TO:<(.+)>/.exec(line)?.slice(1) ?? []))
      if (line === 'DATA') mail = ''
      socket.write(line === 'DATA' ? '354 go on\r\n' : '250 fine\r\n')
    }
  })
}

interface Listening {
  readonly port: number
  stop(): Promise<void>
}

function listen(server: Server): Promise<Listening> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)))
  })
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve({ port: (server.address() as AddressInfo).port, stop }))
  })
}
