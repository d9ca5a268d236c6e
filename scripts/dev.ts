import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureDevSecrets } from './dev-secrets.ts'
import { holdsPort, runtimesBelow } from './runtimes.ts'

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
const WATCH_EVERY_MS = 1_000
/** So long a runtime that was started again has before it answers. A machine under load takes its time. */
const BACK_WITHIN_MS = 90_000

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
const DATABASES = ['ACCOUNTS', 'DIRECTORY', 'LOGS']

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

/**
 * Wrangler starts a runtime again that has died, but does not recover the one that holds the port, and goes on with nothing
 * that answers: ends it then, and says why. A server that is only busy keeps its processes.
 */
async function endWhenDead(url: string, port: number, server: ChildProcess, isStopping: () => boolean): Promise<void> {
  const find = () => (server.pid === undefined ? [] : runtimesBelow(server.pid))
  const hasEnded = () => server.exitCode !== null || isStopping()
  let runtimes = await find()
  while (!hasEnded()) {
    await wait(WATCH_EVERY_MS)
    const gone = runtimes.filter(({ pid }) => !isRunning(pid))
    if (gone.length === 0) continue
    // At an end that is wanted, the runtimes go first.
    await wait(WATCH_EVERY_MS)
    if (hasEnded()) return
    const isDead = gone.some((runtime) => holdsPort(runtime, port)) || !(await answersAgain(url, hasEnded))
    if (isDead && !hasEnded()) return endDead(server)
    runtimes = await find()
  }
}

function endDead(server: ChildProcess): void {
  console.error('\n✗ The runtime has died. Start the server again: npm run dev. Stored data is kept.\n')
  process.exitCode = 1
  server.kill('SIGTERM')
  setTimeout(() => server.kill('SIGKILL'), STOP_WITHIN_MS).unref()
}

/** After a change of the code, too. Wrangler's own pages of errors have no request id. */
async function answersAgain(url: string, hasEnded: () => boolean): Promise<boolean> {
  const until = Date.now() + BACK_WITHIN_MS
  while (Date.now() < until && !hasEnded()) {
    try {
      const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(10_000) })
      await response.body?.cancel()
      if (response.headers.has('X-Request-Id')) return true
    } catch {
      // Not yet.
    }
    await wait(WATCH_EVERY_MS)
  }
  return false
}

const wait = (ms: number) => new Promise<void>((settle) => setTimeout(settle, ms))

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Forwards what ends this process to the server, and waits for it, so that nothing is left running. Answers whether it ends. */
function stopWith(server: ChildProcess): () => boolean {
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
  return () => stopping
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
const isStopping = stopWith(server)
await answered(url, server)
greet(url, secretsFile, added)
process.send?.({ url })
void endWhenDead(url, port, server, isStopping)
