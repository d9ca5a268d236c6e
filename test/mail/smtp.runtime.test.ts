import PostalMime from 'postal-mime'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { type SmtpServer, smtpTransport } from '../../src/mail/smtp.ts'
import type { OutgoingMail } from '../../src/mail/transport.ts'
import { outgoingMail } from '../support/mails.ts'
import type { SinkMail } from '../support/smtp-sink.ts'

const sink = inject('smtpSink')

const plain: SmtpServer = {
  host: '127.0.0.1',
  port: sink.plain,
  security: 'none',
  username: '',
  password: '',
  timeoutMs: 10_000,
}
const starttls: SmtpServer = {
  ...plain,
  host: sink.host,
  port: sink.starttls,
  security: 'starttls',
  username: 'muster',
  password: sink.password,
}
const tls: SmtpServer = { ...starttls, port: sink.tls, security: 'tls' }

const send = (address: string, server: SmtpServer = plain, differences: Partial<OutgoingMail> = {}) =>
  smtpTransport(server).send(outgoingMail({ to: { address, name: null }, ...differences }))

const ask = async <T>(path: string, query: Record<string, string>): Promise<T> =>
  (await fetch(`${sink.url}/${path}?${new URLSearchParams(query)}`)).json()

async function received(address: string) {
  const mails = await ask<SinkMail[]>('mails', { to: address })
  return Promise.all(
    mails.map(async (mail) => {
      const source = Uint8Array.from(atob(mail.source), (byte) => byte.charCodeAt(0))
      const parsed = await PostalMime.parse(source)
      const [text, html] = [parsed.text?.trimEnd(), parsed.html?.trimEnd()]
      return { ...mail, lines: new TextDecoder().decode(source).split('\r\n'), parsed: { ...parsed, text, html } }
    }),
  )
}

const sent = { ok: true, value: undefined }
const failed = (kind: 'permanent' | 'transient' | 'unanswered', detail: unknown = expect.any(String)) => ({
  ok: false,
  error: { kind, detail },
})

/** The runtime closes a socket again whose TLS handshake has failed, and leaves that refusal to nobody. */
const strayRejections: unknown[] = []
const collect = (reason: unknown) => void strayRejections.push(reason)
process.on('unhandledRejection', collect)
afterAll(() => {
  process.off('unhandledRejection', collect)
  expect(strayRejections.filter((reason) => !/^Error: internal error/.test(String(reason)))).toEqual([])
})

describe('a mail arrives', () => {
  test('as it was written, to its one recipient', async () => {
    expect(await send('whole@x.test')).toEqual(sent)
    const [mail, ...others] = await received('whole@x.test')
    expect(others).toEqual([])
    expect(mail).toMatchObject({ sender: 'team@muster.test', recipients: ['whole@x.test'], encrypted: false })
    const { parsed } = mail ?? {}
    expect(parsed?.from).toEqual({ address: 'team@muster.test', name: 'Muster' })
    expect(parsed?.subject).toBe('Ann Lee has invited you to join Acme')
    expect(parsed?.messageId).toBe('<inv_01k8zq3v9fexample0000000000.1@muster.test>')
    expect(parsed?.date).toBe('2026-11-23T09:30:00.000Z')
    expect(parsed?.text).toBe(outgoingMail().text.trimEnd())
    expect(parsed?.html).toBe(outgoingMail().html)
  })

  test('with names and subject beyond ASCII', async () => {
    const differences = {
      from: 'Müster Ltd. <team@muster.test>',
      to: { address: 'unicode@x.test', name: 'Zoë "Z" Łódź' },
      subject: 'Ånn lädt dich ein: 株式会社アクメ 👩‍🚀 '.repeat(4).trim(),
      text: 'Grüße, 株式会社 👩‍🚀',
      html: '<p>Grüße, 株式会社 👩‍🚀</p>',
    }
    expect(await send('unicode@x.test', plain, differences)).toEqual(sent)
    const [mail] = await received('unicode@x.test')
    expect(mail?.parsed.from?.name).toBe('Müster Ltd.')
    expect(mail?.parsed.to).toEqual([differences.to])
    expect(mail?.parsed.subject).toBe(differences.subject)
    expect(mail?.parsed.text).toBe(differences.text)
    expect(mail?.parsed.html).toBe(differences.html)
    expect(mail?.lines.filter((line) => /[^\x20-\x7e\t]/.test(line))).toEqual([])
  })

  test('with lines that start with a dot, and end of the text in the middle', async () => {
    const text = '.\n..\n.hidden\n\n.\nQUIT\nafter'
    expect(await send('dots@x.test', plain, { text, html: text })).toEqual(sent)
    const [mail] = await received('dots@x.test')
    expect(mail?.parsed.text).toBe(text)
    expect(mail?.parsed.html).toBe(text)
  })

  test('with long lines broken on the way only', async () => {
    const text = `${'a long line '.repeat(500)}\n${'ü'.repeat(3_000)}`
    expect(await send('long@x.test', plain, { text, html: text })).toEqual(sent)
    const [mail] = await received('long@x.test')
    expect(mail?.parsed.text).toBe(text)
    expect(Math.max(...(mail?.lines ?? []).map(({ length }) => length))).toBeLessThanOrEqual(998)
  })

  test('without a header that a name or subject tries to add', async () => {
    const injected = 'x\r\nBcc: eve@x.test\r\n\r\nbody'
    const to = { address: 'injected@x.test', name: injected }
    expect(await send('injected@x.test', plain, { subject: injected, to, id: injected })).toEqual(sent)
    const [mail] = await received('injected@x.test')
    expect(mail?.recipients).toEqual(['injected@x.test'])
    expect(mail?.parsed.headers.map(({ key }) => key)).not.toContain('bcc')
    expect(mail?.parsed.text).toBe(outgoingMail().text.trimEnd())
  })

  test('every time, many at once', async () => {
    const addresses = Array.from({ length: 12 }, (_, index) => `many-${index}@x.test`)
    expect(await Promise.all(addresses.map((address) => send(address)))).toEqual(addresses.map(() => sent))
    const arrived = await Promise.all(addresses.map(received))
    expect(arrived.map((mails) => mails.length)).toEqual(addresses.map(() => 1))
  })
})

describe('encryption and authentication', () => {
  test.each([
    ['starttls', starttls],
    ['tls', tls],
  ])('%s: encrypted and signed in', async (name, server) => {
    expect(await send(`${name}@x.test`, server)).toEqual(sent)
    expect(await received(`${name}@x.test`)).toMatchObject([{ encrypted: true, username: 'muster' }])
  })

  test('a wrong password is for the operator to mend', async () => {
    const username = 'wrong-password'
    const answer = await send('wrong@x.test', { ...tls, username, password: 'hunter2' })
    expect(answer).toEqual(failed('transient', 'AUTH PLAIN was answered with 535'))
    expect(await ask('logins', { username })).toEqual(['hunter2'])
  })

  test('a server that wants a password when there is none is for the operator to mend', async () => {
    expect(await send('anonymous@x.test', { ...tls, username: '' })).toEqual(failed('transient'))
  })

  test.each([
    ['a certificate that nobody trusts', 'untrusted', { ...starttls, port: sink.untrusted }],
    ['a certificate of another name, after STARTTLS', 'renamed', { ...starttls, host: '127.0.0.1' }],
    ['a certificate of another name', 'renamed-tls', { ...tls, host: '127.0.0.1' }],
    ['a server that offers no STARTTLS', 'downgraded', { ...starttls, host: '127.0.0.1', port: sink.plain }],
  ])('%s gets neither password nor mail', async (_, username, server) => {
    expect(await send(`${username}@x.test`, { ...server, username })).toEqual(failed('transient'))
    expect(await ask('logins', { username })).toEqual([])
    expect(await received(`${username}@x.test`)).toEqual([])
  })
})

describe('what a refusal means', () => {
  test.each([
    ['rcpt-550@x.test', 'permanent', 'RCPT TO was answered with 550'],
    ['rcpt-553@x.test', 'permanent', 'RCPT TO was answered with 553'],
    ['data-554@x.test', 'permanent', 'DATA was answered with 554'],
    ['rcpt-450@x.test', 'transient', 'RCPT TO was answered with 450'],
    ['rcpt-451@x.test', 'transient', 'RCPT TO was answered with 451'],
    ['data-452@x.test', 'transient', 'DATA was answered with 452'],
    ['rcpt-530@x.test', 'transient', 'RCPT TO was answered with 530'],
    ['rcpt-503@x.test', 'transient', 'RCPT TO was answered with 503'],
  ] as const)('%s: %s', async (address, kind, detail) => {
    expect(await send(address)).toEqual(failed(kind, detail))
    expect(await received(address)).toEqual([])
  })

  test('the same without pipelining', async () => {
    expect(await send('rcpt-550@x.test', starttls)).toEqual(failed('permanent', 'RCPT TO was answered with 550'))
    expect(await send('rcpt-450@x.test', starttls)).toEqual(failed('transient', 'RCPT TO was answered with 450'))
  })

  test('a server that hangs up in the middle: transient', async () => {
    expect(await send('rcpt-421@x.test')).toEqual(failed('transient'))
  })

  test('a refused sender says nothing about the recipient: transient', async () => {
    const from = 'Muster <mail-553@muster.test>'
    expect(await send('a@x.test', plain, { from })).toEqual(failed('transient', 'MAIL FROM was answered with 553'))
  })

  test('a sender that is no address: transient', async () => {
    expect(await send('a@x.test', plain, { from: 'Muster' })).toEqual(failed('transient', 'the sender is no address'))
  })

  test.each(['nobody', 'a@x.test\r\nRCPT TO:<eve@x.test>', 'a@x.test> <eve@x.test', ''])(
    'a recipient that is no address, %j: permanent',
    async (address) => {
      expect(await send(address)).toEqual(failed('permanent', 'the recipient is no address'))
      expect(await received('eve@x.test')).toEqual([])
    },
  )

  test('its detail repeats nothing that the server says', async () => {
    const answers = await Promise.all([send('rcpt-550@x.test'), send('data-554@x.test'), send('rcpt-421@x.test')])
    expect(JSON.stringify(answers)).not.toMatch(/refused because|https?:|x\.test/)
  })
})

describe('a mail that is out may have been taken, so it is not for another try soon', () => {
  test('when the server never answers about it', { timeout: 5_000 }, async () => {
    const answer = await send('data-0@x.test', { ...plain, answerTimeoutMs: 300 })
    expect(answer).toEqual(failed('unanswered', 'no answer within 300 ms after DATA'))
  })

  test('when the server takes it and answers too late', async () => {
    expect(await send('late-900@x.test', { ...plain, answerTimeoutMs: 300 })).toEqual(failed('unanswered'))
    expect(await received('late-900@x.test')).toHaveLength(1)
  })

  test('when the server takes it and closes the connection', async () => {
    expect(await send('abrupt@x.test', { ...plain, port: sink.abrupt })).toEqual(failed('unanswered'))
    expect(await received('abrupt@x.test')).toHaveLength(1)
  })

  test('but an answer that comes after the time for everything before counts', async () => {
    expect(await send('late-800@x.test', { ...plain, timeoutMs: 500, answerTimeoutMs: 5_000 })).toEqual(sent)
  })
})

describe('a server that is not there is worth another try', () => {
  test('nobody listens', async () => {
    expect(await send('closed@x.test', { ...plain, port: sink.closed })).toEqual(failed('transient', 'ESOCKET at CONN'))
  })

  test('there is no such host', async () => {
    const nowhere = { ...plain, host: 'no-such-host.invalid' }
    expect(await send('nowhere@x.test', nowhere)).toEqual(failed('transient', 'ESOCKET at CONN'))
  })

  test.each([
    ['never greets', 'a@x.test', sink.silent],
    ['never ends its greeting', 'a@x.test', sink.endless],
    ['never answers about the recipient', 'rcpt-0@x.test', sink.plain],
  ])('it %s: given up in time', { timeout: 5_000 }, async (_, address, port) => {
    expect(await send(address, { ...plain, port, timeoutMs: 300 })).toEqual(failed('transient'))
  })

  test('it never finishes the handshake: given up in time', { timeout: 5_000 }, async () => {
    expect(await send('a@x.test', { ...tls, port: sink.silent, timeoutMs: 300 })).toEqual(failed('transient'))
  })
})
