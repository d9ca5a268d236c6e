import { expect, test } from 'vitest'
import { composeSignIn } from '../../src/mail/compose-sign-in.ts'

const url = 'https://team.acme.test/sign-in/link/k1.chl_1.sig?a=1&b="'
const mail = composeSignIn({ email: 'ann@x.test', code: '012345', url, expiresAt: Date.UTC(2026, 11, 8, 14, 0) })

test.each(['text', 'html'] as const)('the %s part says the code, where it is for, and until when', (part) => {
  for (const said of ['012345', 'team.acme.test', 'work once, until 8 December 2026, 14:00 UTC', 'ignore this mail']) {
    expect(mail[part]).toContain(said)
  }
})

test('the code stands in the subject, and in one piece wherever it is copied from', () => {
  expect(mail.subject).toBe('012345 is your sign-in code')
  expect(mail.text).toMatch(/^012345$/m)
  expect(mail.html).toMatch(/>\s*012345\s*<\/p>/)
})

test('the mail goes to the address, and leads to the link only', () => {
  expect(mail.to).toEqual({ address: 'ann@x.test', name: null })
  expect(mail.links).toEqual([url])
  expect(mail.text.split('\n')).toContain(url)
  const targets = [...mail.html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, target]) => target)
  const escaped = url.replace('&', '&amp;').replace('"', '&quot;')
  expect(targets).toEqual([escaped, escaped])
})

test('the HTML loads nothing and says its language', () => {
  expect(mail.html).toMatch(/^<!doctype html><html lang="en">/)
  expect(mail.html).not.toMatch(/<(?:img|link|script|iframe)|url\(|@import/)
})
