import { describe, expect, test } from 'vitest'
import { composeNotice } from '../../src/mail/compose-notice.tsx'
import { noticeMessage } from '../support/mails.ts'

const publicUrl = 'https://team.acme.test'
const API_KEYS = 'https://team.acme.test/o/org_01k8zq3v9fexample0000000000/api-keys'

describe('keys to replace', () => {
  const mail = composeNotice(noticeMessage(), { publicUrl })

  test.each(['text', 'html'] as const)('the %s part says whose keys they are, which, and what to do', (part) => {
    for (const said of ['Hello Ann Lee', 'Dan Day', 'Acme', 'Nightly sync (…x7Qa)', 'revoke the old ones']) {
      expect(mail[part]).toContain(said)
    }
  })
  test('the mail goes to the owner and leads to the API keys only', () => {
    expect(mail.to).toEqual({ address: 'ann@x.test', name: 'Ann Lee' })
    expect(mail.links).toEqual([API_KEYS])
    expect(mail.text.split('\n')).toContain(API_KEYS)
    expect(new Set([...mail.html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, to]) => to))).toEqual(new Set([API_KEYS]))
  })
  test('names that people chose are no markup, no links and no lines of their own', () => {
    const keys = [{ name: '<b>evil.test</b>\r\nSubject: x', lastFour: 'aaaa', maker: 'https://evil.test' }]
    const hostile = composeNotice(
      noticeMessage({
        organizationName: 'a\nb',
        subject: { about: 'keys_to_rotate', keys },
      }),
      { publicUrl },
    )
    expect(hostile.subject).not.toContain('\n')
    expect(hostile.html).not.toContain('<b>')
    expect(hostile.text).not.toMatch(/https:\/\/evil|evil\.test|^Subject/m)
  })
})
