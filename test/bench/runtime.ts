import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import type { Woken } from '../../src/organization/requests.ts'

const root = resolve(import.meta.dirname, '../..')
const OUTPUT = resolve(root, 'dist/bench')
const STATE = resolve(root, '.wrangler/bench')

/** The benchmark's view of an organization's object. */
export interface SeenObject {
  seedMembers(count: number): Promise<void>
  commits(): Promise<number>
  sendMails(sent: boolean): Promise<void>
  signIn(): Promise<string>
  wake(): Promise<Woken>
}

export interface Runtime {
  readonly muster: URL
  readonly bare: URL
  readonly operatorKey: string
  readonly organization: (id: string) => SeenObject
  /** Of the directory writer, since it was started. */
  readonly directoryBatches: () => Promise<number>
  /** Of the invitations since then: does the directory know that every mail was sent? */
  readonly mailsAreSent: (since: number) => Promise<boolean>
  readonly dispose: () => Promise<void>
}

/**
 * Both workers in one runtime, reached without wrangler's development proxy, which would cost more than what is measured.
 * Data lies on disk as it does in earnest: a commit that need not reach a disk costs nothing.
 */
export async function startRuntime(): Promise<Runtime> {
  await bundle()
  await rm(STATE, { recursive: true, force: true })
  const operatorKey = `ok_${randomBytes(32).toString('base64url')}`
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      resourcePersistencePath: STATE,
      workers: [musterWorker(operatorKey), bareWorker()],
    }),
  )
  for (const [binding, folder] of [
    ['ACCOUNTS', 'accounts'],
    ['DIRECTORY', 'directory'],
    ['LOGS', 'logs'],
  ] as const) {
    const database = await runtime.getD1Database(binding, 'muster')
    for (const file of globSync(`migrations/${folder}/*.sql`, { cwd: root }).sort()) {
      const statements = readFileSync(resolve(root, file), 'utf8').split('--> statement-breakpoint')
      await database.batch(statements.map((statement) => database.prepare(statement)))
    }
  }
  const organizations = await runtime.getDurableObjectNamespace('ORGANIZATION', 'muster')
  const writers = await runtime.getDurableObjectNamespace('DIRECTORY_WRITER', 'muster')
  const writer = writers.get(writers.idFromName('DIRECTORY.0')) as unknown as { batches(): Promise<number> }
  return {
    muster: await runtime.unsafeGetDirectURL('muster'),
    bare: await runtime.unsafeGetDirectURL('bare'),
    operatorKey,
    organization: (id) => organizations.get(organizations.idFromName(id)) as unknown as SeenObject,
    directoryBatches: () => writer.batches(),
    mailsAreSent: async (since) => {
      const directory = await runtime.getD1Database('DIRECTORY', 'muster')
      const waiting = "select count(*) as count from invitations where created_at >= ? and delivery <> 'sent'"
      return (await directory.prepare(waiting).bind(since).first<{ count: number }>())?.count === 0
    },
    dispose: async () => {
      await runtime.dispose()
      await rm(STATE, { recursive: true, force: true })
    },
  }
}

/** Built as a deployment would be. */
async function bundle(): Promise<void> {
  const wrangler = fileURLToPath(import.meta.resolve('wrangler'))
  const command = ['--no-warnings', wrangler, 'deploy', 'test/bench/worker.ts', '--dry-run', '--outdir', OUTPUT]
  await rm(OUTPUT, { recursive: true, force: true })
  await promisify(execFile)(process.execPath, command, { cwd: root })
}

function musterWorker(operatorKey: string) {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(resolve(root, 'wrangler.toml'))
  // The worker is one file; whatever lies beside it is text: SQL, styles, and the scripts for browsers.
  const texts = globSync('*.{sql,css,js}', { cwd: OUTPUT }).filter((file) => file !== 'worker.js')
  const modules = ['worker.js', ...texts].map((file) => ({
    type: file === 'worker.js' ? ('ESModule' as const) : ('Text' as const),
    path: resolve(OUTPUT, file),
  }))
  return {
    ...workerOptions,
    name: 'muster',
    modulesRoot: OUTPUT,
    modules,
    bindings: {
      ...(workerOptions.bindings as object),
      MAIL_TRANSPORT: 'mailbox',
      OPERATOR_KEY: operatorKey,
      LINK_KEYS: `k1:${randomBytes(32).toString('hex')}`,
      SMTP_PASSWORD: '',
    },
    // The shield would hold up what is to be measured.
    ratelimits: { SHIELD: { namespace_id: '1001', simple: { limit: 1_000_000_000, period: 60 as const } } },
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  }
}

function bareWorker() {
  const file = resolve(import.meta.dirname, 'bare-worker.ts')
  const contents = stripTypeScriptTypes(readFileSync(file, 'utf8'))
  return {
    name: 'bare',
    compatibilityDate: '2026-10-01',
    modules: [{ type: 'ESModule' as const, path: relative(root, file), contents }],
    durableObjects: { BARE: { className: 'BareObject', useSQLite: true } },
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  }
}
