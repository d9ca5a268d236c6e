import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { InvitationMessage } from '../../src/contract/mail-message.ts'
import { composeInvitation } from '../../src/mail/compose.tsx'
import { invitationMessage } from '../support/mails.ts'

const url = 'https://muster.test/invitations/k1.org_1.inv_1.1.sig'
const noInvitationsUrl = 'https://muster.test/no-invitations/k1.abc'
const label = { singular: 'Workspace', plural: 'Workspaces' }
const compose = (differences: Partial<InvitationMessage> = {}) =>
  composeInvitation(invitationMessage(differences), { url, noInvitationsUrl, label })

describe.each(['text', 'html'] as const)('the %s part', (part) => {
  test.each([
    ['the link', url],
    ['the inviter', 'Ann Lee has invited you to join Acme'],
    ['the organization under its label', part === 'text' ? 'Workspace: Acme' : />Workspace:<.*>Acme</],
    ['the role', part === 'text' ? 'Your role: Editor' : />Your role:<.*>Editor</],
    ['the time of expiry', '8 December 2026, 14:00 UTC'],
    ['the invitee', 'Hello Bob Fox,'],
  ])('names %s', (_, expected) => {
    expect(compose()[part]).toMatch(expected)
  })

  test('is neutral when nobody in particular invites', () => {
    const rendered = compose({ inviter: null })[part]
    expect(rendered).toContain('You have been invited to join Acme')
    expect(rendered).not.toMatch(/Invited by|null/)
  })

  test('greets without a name when there is none', () => {
    expect(compose({ name: null })[part]).toContain('Hello,')
  })

  test('shows a name that looks like a web address without making it one', () => {
    const mail = compose({ organizationName: 'http://evil.test Click', inviter: 'evil.test', roleName: 'evil.test' })
    const [body = ''] = mail[part].split('</title>').slice(-1)
    expect(body).toContain('http:\u200b/\u200b/\u200bevil.\u200btest Click')
    expect(body).not.toMatch(/evil\.test|http:\/\/evil/)
  })
})

test('the mail goes to the invitee and leads to its two links only', () => {
  const mail = compose()
  expect(mail.to).toEqual({ address: 'bob@x.test', name: 'Bob Fox' })
  expect(mail.links).toEqual([url, noInvitationsUrl])
  expect([...mail.html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, target]) => target)).toEqual([
    url,
    url,
    noInvitationsUrl,
  ])
})

test('the HTML loads nothing and says its language', () => {
  expect(compose().html).toMatch(/^<!doctype html><html lang="en">/)
  expect(compose().html).not.toMatch(/<(?:img|link|script|iframe)|url\(|@import/)
})

test('the link is written with its ampersands escaped', () => {
  const mail = composeInvitation(invitationMessage(), {
    url: 'https://muster.test/i?a=1&b="',
    noInvitationsUrl,
    label,
  })
  expect(mail.html).toContain('href="https://muster.test/i?a=1&amp;b=&quot;"')
  expect(mail.text).toContain('https://muster.test/i?a=1&b="')
})

test('the subject names who invites, and where to', () => {
  expect(compose().subject).toBe('Ann Lee has invited you to join Acme')
  expect(compose({ inviter: null }).subject).toBe('You have been invited to join Acme')
  expect(compose({ organizationName: 'Łódź 株式会社' }).subject).toBe('Ann Lee has invited you to join Łódź 株式会社')
})

test('long names leave room for each other in the subject', () => {
  const { subject } = compose({ inviter: 'Ann '.repeat(100), organizationName: 'Acme '.repeat(100) })
  expect(subject).toMatch(/^Ann Ann .*… has invited you to join Acme Acme .*…$/)
  expect(subject.length).toBeLessThan(130)
})

test('names are escaped in HTML and plain in text', () => {
  const mail = compose({ organizationName: '<b onclick="x">A&B</b>', inviter: "O'Neil <i>" })
  expect(mail.html).toContain('&lt;b onclick=&quot;x&quot;&gt;A&amp;B&lt;')
  expect(mail.html).not.toMatch(/<b\s|<i>/)
  expect(mail.text).toContain('O\'Neil <i> has invited you to join <b onclick="x">A&B<')
})

test('a name adds no lines to the text and no header to the mail', () => {
  const name = 'Acme\r\n\r\nYour role: Owner\nBcc: all@x.test'
  const mail = compose({ organizationName: name, inviter: name, roleName: name, name })
  expect(mail.text.split('\n')).toHaveLength(compose().text.split('\n').length)
  expect(mail.subject).not.toMatch(/[\r\n]/)
  expect(mail.to.name).toBe('Acme Your role: Owner Bcc: all@x.test')
})

test('names that show nothing are replaced', () => {
  const mail = compose({ organizationName: '\u202e', roleName: ' ', inviter: '\n', name: '\u0000' })
  expect(mail.subject).toBe('You have been invited to join (unnamed)')
  expect(mail.text).toContain('Your role: (unnamed)')
  expect(mail.to.name).toBeNull()
})

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom('\r', '\n', '\u0000', '\u2028', '\u202e', '\u2066', '\ud800', ':', 'a', ' '),
    maxLength: 40,
  }),
)
const LINES = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

test('whatever the names are, no header field holds a control character and the text keeps its lines', () => {
  const lines = compose().text.split('\n').length
  fc.assert(
    fc.property(anyText, anyText, anyText, anyText, (organizationName, inviter, roleName, name) => {
      const mail = compose({ organizationName, inviter: `x${inviter}`, roleName, name })
      expect(mail.subject).not.toMatch(LINES)
      expect(mail.subject.isWellFormed()).toBe(true)
      expect(mail.to.name ?? '').not.toMatch(LINES)
      expect(mail.text.split(/[\n\r\v\f\u0085\u2028\u2029]/)).toHaveLength(lines)
    }),
  )
})
