import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { json } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const KEY = 'ok_test_Qm4vX8sLw2RkTz6JcYp0Hd9NbFe3Ua7Gi'
const root = resolve(import.meta.dirname, '../..')
const objectId = (number: number) => number.toString(16).padStart(64, '0')
const organizationId = (number: number) => `org_${number.toString().padStart(26, '0')}`

let server: Server
let state: string
let url: string
let calls: string[]
let answers: { [path: string]: (body: Body, query: URLSearchParams) => unknown }

interface Body {
  readonly cursor?: string | null
  readonly object_ids?: readonly string[]
}

beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), 'muster-rebuild-'))
  calls = []
  answers = {}
  server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    const body = request.method === 'POST' ? ((await json(request)) as Body) : {}
    calls.push(`${pathname} ${JSON.stringify(body.cursor ?? body.object_ids ?? searchParams.get('cursor'))}`)
    const answer = answers[pathname]?.(body, searchParams)
    response.writeHead(answer === undefined ? 500 : 200, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(answer ?? { success: false, errors: [{ message: 'broken' }] }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.close()
  rmSync(state, { recursive: true })
})

const PROGRESS = { object: 'rebuild_progress', failed: [], lost_slugs: [] }

/** Twelve organizations that D1 knows, in two calls; every object holds an organization. */
function given(): void {
  answers['/v1/rebuild'] = ({ cursor }) =>
    cursor === null
      ? { ...PROGRESS, rebuilt: 10, object_ids: [objectId(1)], next_cursor: organizationId(10) }
      : { ...PROGRESS, rebuilt: 2, object_ids: [objectId(2)], next_cursor: null }
  answers['/v1/rebuild/objects'] = ({ object_ids: ids = [] }) => ({ ...PROGRESS, rebuilt: ids.length })
}

/** As a local server keeps objects. */
function givenFiles(...numbers: number[]): void {
  const folder = join(state, 'v3/do/muster-OrganizationObject')
  mkdirSync(folder, { recursive: true })
  for (const number of numbers) writeFileSync(join(folder, `${objectId(number)}.sqlite`), '')
  writeFileSync(join(folder, 'metadata.sqlite'), '')
}

function run(environment: Record<string, string> = {}, ...options: string[]) {
  const env = { ...process.env, MUSTER_URL: url, MUSTER_KEY: KEY, MUSTER_STATE: state, ...environment }
  const command = [resolve(root, 'scripts/rebuild.ts'), ...options]
  return new Promise<{ code: number; out: string; err: string }>((settle) =>
    execFile(process.execPath, command, { env }, (error, out, err) =>
      settle({ code: error === null ? 0 : Number(error.code), out, err }),
    ),
  )
}

describe('npm run rebuild', () => {
  test('goes through what D1 knows, and then through the objects that are left on this machine', async () => {
    given()
    givenFiles(1, 2, 3, 4)

    const { code, out } = await run()

    expect(calls).toEqual([
      '/v1/rebuild null',
      `/v1/rebuild "${organizationId(10)}"`,
      `/v1/rebuild/objects ${JSON.stringify([objectId(3), objectId(4)])}`,
    ])
    expect(out).toContain('2 of them found by their objects alone')
    expect(code).toBe(0)
  })

  test('asks Cloudflare which objects a deployment has, all pages, without those that store nothing', async () => {
    given()
    const namespaces = '/accounts/acc/workers/durable_objects/namespaces'
    answers[namespaces] = () => ({
      success: true,
      result: [
        { id: 'other', script: 'muster', class: 'DirectoryWriter' },
        { id: 'ns', script: 'muster', class: 'OrganizationObject' },
      ],
    })
    answers[`${namespaces}/ns/objects`] = (_, query) =>
      query.get('cursor') === null
        ? {
            success: true,
            result: [
              { id: objectId(1), hasStoredData: true },
              { id: objectId(5), hasStoredData: true },
              { id: objectId(6), hasStoredData: false },
            ],
            result_info: { cursors: { after: 'next' } },
          }
        : { success: true, result: [{ id: objectId(7), hasStoredData: true }], result_info: { cursors: {} } }

    const cloudflare = { CLOUDFLARE_ACCOUNT_ID: 'acc', CLOUDFLARE_API_TOKEN: 'secret', CLOUDFLARE_API_BASE_URL: url }
    const { code, out, err } = await run(cloudflare)

    expect(calls.filter((call) => call.includes('rebuild/objects'))).toEqual([
      `/v1/rebuild/objects ${JSON.stringify([objectId(5)])}`,
      `/v1/rebuild/objects ${JSON.stringify([objectId(7)])}`,
    ])
    expect(out + err).not.toContain('secret')
    expect(code).toBe(0)
  })

  test('continues where it was interrupted', async () => {
    given()
    const second = answers['/v1/rebuild']
    answers['/v1/rebuild'] = (body, query) => (body.cursor === null ? second?.(body, query) : undefined)
    expect((await run()).code).toBe(1)
    given()
    givenFiles(1, 2)
    calls = []

    const { out } = await run()

    // The objects of the organizations that the first run has done are done.
    expect(calls).toEqual([`/v1/rebuild "${organizationId(10)}"`])
    expect(out).toContain('0 of them found by their objects alone')
    expect(out).toContain('12 organizations rebuilt')
  })

  test('names what failed and which organization lost its slug', async () => {
    given()
    givenFiles(3)
    const lost = { organization_id: organizationId(3), slug: 'acme', held_by: organizationId(4) }
    answers['/v1/rebuild/objects'] = () => ({ ...PROGRESS, rebuilt: 1, failed: ['org_x'], lost_slugs: [lost] })

    const { code, err } = await run()

    expect(err).toContain(`The slug acme of ${organizationId(3)} is held by ${organizationId(4)}`)
    expect(err).toContain('org_x')
    expect(code).toBe(1)
  })
})
