import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { expect, test } from 'vitest'
import { composeInvitation } from '../../src/mail/compose.tsx'
import { mimeMessage } from '../../src/mail/mime-message.ts'
import type { OutgoingMail } from '../../src/mail/transport.ts'
import { invitationMessage, outgoingMail } from '../support/mails.ts'

async function received(differences: Partial<OutgoingMail> = {}) {
  const { source } = await mimeMessage(outgoingMail(differences))
  return PostalMime.parse(source)
}

test('carries what a mail needs', async () => {
  const mail = await received()
  expect(mail.from).toEqual({ address: 'team@muster.test', name: 'Muster' })
  expect(mail.to).toEqual([{ address: 'bob@x.test', name: 'Bob Fox' }])
  expect(mail.subject).toBe('Ann Lee has invited you to join Acme')
  expect(mail.date).toBe('2026-11-23T09:30:00.000Z')
  expect(mail.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated')
  expect(mail.headers.find(({ key }) => key === 'content-type')?.value).toContain('multipart/alternative')
})

test('the same mail has the same Message-ID at every attempt, in the domain of the sender', async () => {
  const ids = await Promise.all([received(), received({ sentAt: 1 })])
  expect(ids.map(({ messageId }) => messageId)).toEqual(
    Array(2).fill('<inv_01k8zq3v9fexample0000000000.1@muster.test>'),
  )
})

test.each(['Muster <team@muster.test>', 'team@muster.test', '"Müster, Inc." <team@muster.test>'])(
  '%s is a sender',
  async (from) => {
    expect((await mimeMessage(outgoingMail({ from }))).sender).toBe('team@muster.test')
  },
)

test('a sender without an address is left for the transport to refuse', async () => {
  expect((await mimeMessage(outgoingMail({ from: 'Muster' }))).sender).not.toContain('@')
})

test('an encoded word in a name reaches nobody decoded', async () => {
  const name = '=?utf-8?b?4oCuZGVydmVy?= =?utf-8?q?=E2=80=AEx?= Łódź'
  const { to, subject } = composeInvitation(invitationMessage({ inviter: name, organizationName: name, name }), {
    url: 'https://muster.test/invitations/token',
    noInvitationsUrl: 'https://muster.test/no-invitations/token',
    label: { singular: 'Team', plural: 'Teams' },
  })
  const mail = await received({ to, subject })
  for (const shown of [mail.subject, mail.to?.[0]?.name]) {
    expect(shown).toContain('= ?utf-8?b?4oCuZGVydmVy?=')
    expect(shown).not.toMatch(/[\u202a-\u202e]/)
  }
})

test('lines are at most 998 bytes long and end in CRLF only (RFC 5322, 2.1.1)', async () => {
  const long = `${'x'.repeat(3_000)}\n${'ü'.repeat(3_000)}\n`
  const { source } = await mimeMessage(outgoingMail({ subject: 'ü'.repeat(1_500), text: long, html: `<p>${long}</p>` }))
  const lines = source.toString('latin1').split('\r\n')
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(998)
  expect(lines.filter((line) => /[\r\n]/.test(line))).toEqual([])
})

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({
    unit: fc.constantFrom('\r', '\n', '\u0000', '<', '>', '@', ',', ';', '"', '\\', ':', '=?', '?=', 'ü', 'a', ' '),
    maxLength: 40,
  }),
)

test('whatever the names are, the mail has the same header fields and goes to one address', async () => {
  const keys = (await received()).headers.map(({ key }) => key)
  await fc.assert(
    fc.asyncProperty(anyText, anyText, anyText, async (subject, name, id) => {
      const mail = await received({ id: `x${id}`, subject: `x${subject}`, to: { address: 'bob@x.test', name } })
      expect(mail.headers.map(({ key }) => key)).toEqual(keys)
      expect(mail.from?.address).toBe('team@muster.test')
      expect(mail.to?.map(({ address }) => address)).toEqual(['bob@x.test'])
      expect(mail.messageId).toMatch(/^<x[\w.-]*@muster\.test>$/)
    }),
  )
})
