import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { holdsPort, runtimesBelow } from '../../scripts/runtimes.ts'

const root = resolve(import.meta.dirname, '../..')
const READY_WITHIN_MS = 90_000
/** Longer than the server itself takes before it gives up on a clean end. */
const STOP_WITHIN_MS = 12_000

/** The whole system as `npm run dev` starts it, with data and secrets of its own. */
export interface Server {
  readonly url: string
  readonly operatorKey: string
  /** Holds the data and `.dev.vars`. */
  readonly stateDirectory: string
  /** All that the server has written to its terminal. */
  readonly output: () => string
  /** Ends without warning, as in a power cut; `restart` brings it back. */
  readonly crash: () => Promise<void>
  /** Kills a runtime below the server, as a crash of workerd does: the one that holds the port, or the one that runs the code. */
  readonly killRuntime: (which: 'port' | 'code') => Promise<void>
  /** The exit code, once the server has ended by itself. */
  readonly ended: () => Promise<number | null>
  /** Ends as Ctrl-C does, where it still runs, and comes back on the same address with the same data. */
  readonly restart: () => Promise<void>
  /** Ends for good; data and secrets go too. */
  readonly stop: () => Promise<void>
}

/** `port`: by default one that is free. */
export async function startServer({ port: wanted }: { readonly port?: number } = {}): Promise<Server> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'muster-'))
  const port = wanted ?? (await freePort())
  const output: string[] = []
  let running: ChildProcess | null = null
  const start = async () => {
    running = await run(port, stateDirectory, output)
  }
  const end = async (signal: NodeJS.Signals) => {
    if (running !== null) await endGroup(running, signal)
    running = null
  }
  const stop = async () => {
    await end('SIGTERM')
    await rm(stateDirectory, { recursive: true, force: true })
  }
  await start().catch(async (error) => {
    await stop()
    throw error
  })
  const secrets = parseEnv(await readFile(join(stateDirectory, '.dev.vars'), 'utf8'))
  return {
    url: `http://localhost:${port}`,
    operatorKey: secrets.OPERATOR_KEY ?? '',
    stateDirectory,
    output: () => output.join(''),
    crash: () => end('SIGKILL'),
    killRuntime: async (which) => {
      const runtimes = await runtimesBelow(running?.pid ?? 0)
      const found = runtimes.find((runtime) => holdsPort(runtime, port) === (which === 'port'))
      if (found === undefined) throw new Error('The server has no such runtime')
      process.kill(found.pid, 'SIGKILL')
    },
    ended: async () => {
      if (running === null) throw new Error('The server does not run')
      if (running.exitCode === null) await once(running, 'close')
      return running.exitCode
    },
    restart: async () => {
      await end('SIGTERM')
      await start()
    },
    stop,
  }
}

/**
 * Its own process group, so that one signal reaches the runtime too; the IPC channel tells when the server answers, and
 * ends the server when this process is gone for whatever reason.
 */
async function run(port: number, stateDirectory: string, output: string[]): Promise<ChildProcess> {
  const command = [resolve(root, 'scripts/dev.ts'), '--port', String(port), '--state', stateDirectory]
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: environment(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const killAtExit = () => signalGroup(child, 'SIGKILL')
  process.once('exit', killAtExit)
  child.once('close', () => process.removeListener('exit', killAtExit))
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => output.push(text))
  const failed = await Promise.race([
    once(child, 'message').then(() => null),
    once(child, 'close').then(() => 'ended before it answered'),
    new Promise<string>((late) => setTimeout(late, READY_WITHIN_MS, 'did not answer in time').unref()),
  ])
  if (failed === null) return child
  await endGroup(child, 'SIGKILL')
  throw new Error(`The server ${failed}. It wrote:\n${output.join('')}`)
}

/** What is configured around the tests must not reach the server: wrangler lets the environment override its files. */
function environment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'LANG', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME']
  const present = kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  return { ...Object.fromEntries(present), CI: 'true' }
}

async function endGroup(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  if (signal === 'SIGKILL') signalGroup(child, signal)
  else child.kill(signal)
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), STOP_WITHIN_MS)
  await closed
  clearTimeout(timer)
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal)
  } catch {
    // The group is gone already.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('A listening server has a port')
  return address.port
}
