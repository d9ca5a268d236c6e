import { describe, expect, test } from 'vitest'
import type { NoticeMessage } from '../../src/contract/mail-message.ts'
import { composeNewDevice } from '../../src/mail/compose-new-device.tsx'
import { composeNotice } from '../../src/mail/compose-notice.tsx'
import { noticeMessage } from '../support/mails.ts'

const publicUrl = 'https://team.acme.test'
const HOME = `${publicUrl}/o/org_01k8zq3v9fexample0000000000`
const at = Date.UTC(2026, 11, 8, 14, 0)
const origin = { device: 'Firefox on Windows', network: '203.0.113.0/24' }
const WHEN = 'Time: 8 December 2026, 14:00 UTC'

const SUBJECTS: readonly (readonly [NoticeMessage['subject'], string, string, readonly string[]])[] = [
  [{ about: 'removed', at }, 'You were removed from Acme', `${publicUrl}/account`, ['ask an owner of Acme']],
  [{ about: 'suspended', at }, 'Your access to Acme was suspended', `${publicUrl}/account`, ['ask an owner of Acme']],
  [{ about: 'owner_given', at }, 'You are now an owner of Acme', `${HOME}/members`, ['ask another owner of Acme']],
  [
    { about: 'owner_lost', at, origin },
    'You are no longer an owner of Acme',
    `${HOME}/members`,
    ['Firefox on Windows', '203.0.113.0/24', 'sign out of all other sessions'],
  ],
  [
    { about: 'api_key_created', at, origin, key: { name: 'Nightly sync', lastFour: 'x7Qa' } },
    'New API key in Acme',
    `${HOME}/api-keys`,
    ['Nightly sync (…x7Qa)', 'Firefox on Windows', 'revoke the key at once'],
  ],
]

describe.each(SUBJECTS)('the mail about %o', (subject, headline, url, said) => {
  const mail = composeNotice(noticeMessage({ subject }), { publicUrl })

  test('says what happened, when, where, and what to do', () => {
    expect(mail.subject).toBe(headline)
    for (const part of [mail.text, mail.html]) for (const text of [WHEN, 'Acme', ...said]) expect(part).toContain(text)
  })

  test('leads to one page only', () => {
    expect(mail.links).toEqual([url])
    expect(new Set([...mail.html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, to]) => to))).toEqual(new Set([url]))
  })
})

test('the mail about a new device says when and where, and leads to the account', () => {
  const mail = composeNewDevice({ email: 'ann@x.test', at, origin }, { publicUrl })
  expect([mail.to.address, mail.links]).toEqual(['ann@x.test', [`${publicUrl}/account`]])
  for (const part of [mail.text, mail.html]) {
    for (const said of [WHEN, origin.device, origin.network, 'sign out of all other sessions']) {
      expect(part).toContain(said)
    }
  }
})

test('what is not known of a device is left out', () => {
  const { text } = composeNewDevice({ email: 'a@x.test', at, origin: { device: null, network: null } }, { publicUrl })
  expect(text).not.toMatch(/Device|Network|null/)
})

test('the name of a key is no markup and no link', () => {
  const key = { name: '<b>evil.test</b>', lastFour: 'aaaa' }
  const hostile = composeNotice(noticeMessage({ subject: { about: 'api_key_created', at, key } }), { publicUrl })
  expect(hostile.html).not.toContain('<b>')
  expect(hostile.text).not.toContain('evil.test')
})
