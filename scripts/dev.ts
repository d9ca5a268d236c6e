import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureDevSecrets } from './dev-secrets.ts'

/*
 * The whole system on this machine: secrets on the first start, D1 migrations, then `wrangler dev`.
 *
 *   npm run dev -- [--port N] [--state DIR] [-- options of wrangler dev]
 *
 * Data lives in .wrangler/state and secrets in .dev.vars; with --state (or MUSTER_STATE) both live in DIR. A parent that
 * starts this with an IPC channel is told when the server answers; when the parent is gone, the server ends.
 */

const root = resolve(import.meta.dirname, '..')
/** Without its launcher, which would stand between this process and wrangler's signals and exit code. */
const WRANGLER = ['--no-warnings', fileURLToPath(import.meta.resolve('wrangler'))]
const POLL_EVERY_MS = 200
const STOP_WITHIN_MS = 8_000
const WATCH_EVERY_MS = 3_000
/** A change of the code, and heavy load, keep it from answering for a while. */
const FAILURES_UNTIL_DEAD = 5

/** A server may listen on either of the addresses of localhost. */
async function portIsTaken(port: number): Promise<boolean> {
  const answers = (host: string) =>
    new Promise<boolean>((settle) => {
      const socket = connect({ host, port, timeout: 1_000 })
      const close = (taken: boolean) => {
        socket.destroy()
        settle(taken)
      }
      socket.once('connect', () => close(true))
      socket.once('error', () => close(false)).once('timeout', () => close(false))
    })
  return (await Promise.all(['127.0.0.1', '::1'].map(answers))).includes(true)
}

function fail(message: string): never {
  console.error(`\n✗ ${message}\n`)
  process.exit(1)
}

function readArguments() {
  try {
    const options = { port: { type: 'string' }, state: { type: 'string' } } as const
    return parseArgs({ options, allowPositionals: true })
  } catch (error) {
    return fail((error as Error).message)
  }
}

function readOptions() {
  const { values, positionals } = readArguments()
  const port = Number(values.port ?? 8787)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) fail('--port must be a number from 1 to 65535.')
  const directory = values.state ?? process.env.MUSTER_STATE
  const stateDirectory = resolve(root, directory ?? '.wrangler/state')
  const secretsFile = directory === undefined ? resolve(root, '.dev.vars') : resolve(stateDirectory, '.dev.vars')
  // Wrangler reads the .dev.vars beside its configuration by itself; any other must be named.
  const secretsArguments = directory === undefined ? [] : ['--env-file', secretsFile]
  return { port, stateDirectory, secretsFile, secretsArguments, passedOn: positionals }
}

const environment = { ...process.env, WRANGLER_SEND_METRICS: 'false' }

/** The D1 databases, by their bindings in wrangler.toml. */
const DATABASES = ['DIRECTORY', 'LOGS']

/** Asks nothing, since it has no terminal; its output matters only when it fails. */
async function migrate(database: string, stateDirectory: string): Promise<void> {
  const command = ['d1', 'migrations', 'apply', database, '--local', '--persist-to', stateDirectory]
  const migration = spawn(process.execPath, [...WRANGLER, ...command], { cwd: root, env: environment, stdio: 'pipe' })
  migration.stdin.end()
  let output = ''
  migration.stdout.on('data', (chunk) => (output += chunk))
  migration.stderr.on('data', (chunk) => (output += chunk))
  const code = await new Promise<number | null>((settle) => migration.once('close', settle))
  if (code !== 0) fail(`The D1 migrations of ${database} could not be applied.\n${output}`)
}

async function answered(url: string, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    try {
      const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) })
      await response.body?.cancel()
      return
    } catch {
      await new Promise((wait) => setTimeout(wait, POLL_EVERY_MS))
    }
  }
}

/** Wrangler goes on after its runtime has died, and answers 500 to everything: ends it then, and says why. */
async function endWhenDead(url: string, server: ChildProcess): Promise<void> {
  for (let failures = 0; server.exitCode === null; ) {
    await new Promise((wait) => setTimeout(wait, WATCH_EVERY_MS))
    failures = (await isHealthy(url)) ? 0 : failures + 1
    if (failures < FAILURES_UNTIL_DEAD) continue
    console.error('\n✗ The runtime has died and answers no more. Start again: npm run dev. What was stored is kept.\n')
    process.exitCode = 1
    server.kill('SIGTERM')
    setTimeout(() => server.kill('SIGKILL'), STOP_WITHIN_MS).unref()
    return
  }
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(10_000) })
    await response.body?.cancel()
    return response.status < 500
  } catch {
    return false
  }
}

/** Forwards what ends this process to the server, and waits for it, so that nothing is left running. */
function stopWith(server: ChildProcess): void {
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    server.kill('SIGTERM')
    setTimeout(() => server.kill('SIGKILL'), STOP_WITHIN_MS).unref()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  process.once('disconnect', stop)
  // Gone already while the migrations ran.
  if (process.connected === false) stop()
  server.once('close', (code) => process.exit(stopping ? 0 : (process.exitCode ?? code ?? 1)))
}

function greet(url: string, secretsFile: string, added: readonly string[]): void {
  const file = relative(process.cwd(), secretsFile)
  console.log(`
  Muster is running.

    Portal    ${url}/
    API       ${url}/v1   described at ${url}/docs
    Mailbox   ${url}/dev/mailbox   every mail that Muster sends on this machine
    Cron      curl "${url}/__scheduled"

  ${added.length > 0 ? `Fresh secrets have been written to ${file}` : `Secrets are in ${file}`}; the operator's key among them:

    export MUSTER_KEY=$(sed -n 's/^OPERATOR_KEY=//p' ${file})
    curl -H "Authorization: Bearer $MUSTER_KEY" ${url}/v1/organizations

  Ctrl-C stops it. What you did is kept for the next start.
`)
}

const { port, stateDirectory, secretsFile, secretsArguments, passedOn } = readOptions()
if (await portIsTaken(port)) fail(`Port ${port} is in use. Choose another: npm run dev -- --port ${port + 1}`)
const { added } = await ensureDevSecrets(secretsFile)
for (const database of DATABASES) await migrate(database, stateDirectory)

const url = `http://localhost:${port}`
const server = spawn(
  process.execPath,
  [
    ...WRANGLER,
    'dev',
    ...['--port', String(port), '--persist-to', stateDirectory, '--var', `PUBLIC_URL:${url}`],
    ...['--test-scheduled', '--show-interactive-dev-session=false'],
    ...secretsArguments,
    ...passedOn,
  ],
  {
    cwd: root,
    // Servers on one machine would otherwise find each other by their common name.
    env: { ...environment, WRANGLER_REGISTRY_PATH: resolve(stateDirectory, 'registry') },
    stdio: ['ignore', 'inherit', 'inherit'],
  },
)
stopWith(server)
await answered(url, server)
greet(url, secretsFile, added)
process.send?.({ url })
void endWhenDead(url, server)
