import { env } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/d1'
import { beforeAll, describe, expect, test } from 'vitest'
import { mailboxTransport } from '../../src/mail/mailbox.ts'
import type { Database } from '../../src/records/database.ts'
import { visit } from './site.ts'

const noon = Date.UTC(2030, 0, 1, 12, 0, 0, 5)

async function deliver(id: string, to: string, minute: number, fields: object = {}): Promise<void> {
  const mail = {
    ...{ id, from: 'muster@x.test', to: { address: to, name: null }, sentAt: noon + minute * 60_000 },
    ...{ subject: `Mail ${id}`, text: `Open\nhttps://muster.test/${id}\nnow`, html: `<p style="color:red">${id}</p>` },
    links: [`https://muster.test/${id}`],
    ...fields,
  }
  await mailboxTransport(drizzle(env.ACCOUNTS) as unknown as Database).send(mail)
}

beforeAll(async () => {
  // Files share a worker, and a mail of the one before may still be on its way.
  await env.ACCOUNTS.exec(
    `create trigger strays before insert on mailbox when new.sent_at < ${noon} begin select raise(ignore); end`,
  )
  await env.ACCOUNTS.exec('delete from mailbox')
  await deliver('inv_a.1', 'ann@x.test', 0)
  await deliver('inv_b.1', 'bob+tag@x.test', 1)
  await deliver('inv_a.2', 'ann@x.test', 2, { subject: '<b>Join</b> & win', text: '<script>alert(1)</script>' })
})

describe('as JSON', () => {
  const list = async (query = '') => JSON.parse((await visit(`/dev/mailbox.json${query}`)).html)

  test('lists what was sent, newest first', async () => {
    const { object, data } = await list()
    expect(object).toBe('list')
    expect(data.map(({ subject }: { subject: string }) => subject)).toEqual([
      '<b>Join</b> & win',
      'Mail inv_b.1',
      'Mail inv_a.1',
    ])
    expect(data[2]).toEqual({
      to: 'ann@x.test',
      subject: 'Mail inv_a.1',
      text: 'Open\nhttps://muster.test/inv_a.1\nnow',
      html: '<p style="color:red">inv_a.1</p>',
      links: ['https://muster.test/inv_a.1'],
      sent_at: '2030-01-01T12:00:00.005Z',
    })
  })

  test('lists the mails to an address, however it is spelled', async () => {
    for (const query of ['?to=ann@x.test', '?to=Ann%40X.TEST', '?to=%20ann@x.test%20']) {
      expect((await list(query)).data).toHaveLength(2)
    }
    expect((await list('?to=bob%2Btag@x.test')).data).toHaveLength(1)
    expect((await list('?to=nobody@x.test')).data).toEqual([])
    expect((await list('?to=')).data).toHaveLength(3)
  })
})

describe('as a page', () => {
  test('shows every mail with its address, time and text, and leads where it leads', async () => {
    const { status, html, text } = await visit('/dev/mailbox')
    expect(status).toBe(200)
    expect(text).toContain('3 mails')
    expect(text).toContain('Mail inv_b.1bob+tag@x.test · 1 January 2030, 12:01:00 UTC')
    expect(html).toContain('<a href="https://muster.test/inv_a.1">https://muster.test/inv_a.1</a>\nnow')
    expect(html.match(/<details/g)).toHaveLength(3)
  })

  test('shows what people wrote as text', async () => {
    const { html } = await visit('/dev/mailbox')
    expect(html).toContain('&lt;b&gt;Join&lt;/b&gt; &amp; win')
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(html).not.toMatch(/<script|<b>/)
  })

  test('shows the mails to one address, and keeps it in the form', async () => {
    const { html, text } = await visit('/dev/mailbox?to=ANN@x.test')
    expect(html.match(/<details/g)).toHaveLength(2)
    expect(html).toContain('value="ann@x.test"')
    expect(text).toContain('2 mails to ann@x.test')
    const probe = await visit(`/dev/mailbox?to=${encodeURIComponent('"><script>')}`)
    expect(probe.html).toContain('value="&quot;&gt;&lt;script&gt;"')
    expect(probe.text).toContain('No mail yet')
  })

  test("leads to each mail's HTML, which may style itself and nothing else", async () => {
    const { html } = await visit('/dev/mailbox')
    const path = /href="(\/dev\/mailbox\/inv_b\.1\/html[^"]*)"/.exec(html)?.[1] ?? ''
    const mail = await visit(path)
    expect([mail.status, mail.html]).toEqual([200, '<p style="color:red">inv_b.1</p>'])
    expect(mail.headers.get('Content-Security-Policy')).toBe("sandbox; default-src 'none'; style-src 'unsafe-inline'")
    expect(mail.headers.get('Content-Type')).toBe('text/html; charset=UTF-8')
    expect((await visit('/dev/mailbox/inv_x.1/html')).status).toBe(404)
  })
})

describe('where mail is sent', () => {
  const bindings = { MAIL_TRANSPORT: 'smtp' }
  const answerTo = async (path: string, method: string) => {
    const { status, headers, html } = await visit(path, { method, bindings })
    const { 'x-request-id': id = '', ...rest } = Object.fromEntries(headers)
    return { status, headers: rest, body: html.replace(id, '') }
  }

  test.each(['/dev/mailbox', '/dev/mailbox.json', '/dev/mailbox.json?to=ann@x.test', '/dev/mailbox/inv_a.1/html'])(
    '%s is like any address that does not exist',
    async (path) => {
      for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']) {
        expect(await answerTo(path, method)).toEqual(await answerTo('/dev/nothing', method))
        expect((await answerTo(path, method)).status).toBe(404)
      }
    },
  )
})
