import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/*
 * Projects every organization into the directory anew, a few at a time:
 *
 *   MUSTER_URL=https://muster.example MUSTER_KEY=… npm run rebuild
 *
 * Without MUSTER_KEY, the operator key of .dev.vars is taken. How far it has come stands in .wrangler/rebuild.json, so that
 * an interrupted run goes on there; `npm run rebuild -- --fresh` starts from the beginning.
 */

const root = resolve(import.meta.dirname, '..')
const progressFile = resolve(root, '.wrangler/rebuild.json')
const url = process.env.MUSTER_URL ?? 'http://localhost:8787'

interface Progress {
  readonly url: string
  readonly cursor: string | null
  readonly rebuilt: number
  readonly failed: readonly string[]
}

interface Answer {
  readonly rebuilt: number
  readonly failed: readonly string[]
  readonly next_cursor: string | null
}

function operatorKey(): string {
  const secrets = resolve(root, '.dev.vars')
  const local = existsSync(secrets) ? /^OPERATOR_KEY=(.+)$/m.exec(readFileSync(secrets, 'utf8'))?.[1] : undefined
  const key = process.env.MUSTER_KEY ?? local
  if (key === undefined) throw new Error('Set MUSTER_KEY to the operator key of the deployment.')
  return key
}

function startingPoint(): Progress {
  const start = { url, cursor: null, rebuilt: 0, failed: [] }
  if (process.argv.includes('--fresh') || !existsSync(progressFile)) return start
  const saved = JSON.parse(readFileSync(progressFile, 'utf8')) as Progress
  return saved.url === url ? saved : start
}

async function rebuildNext(cursor: string | null, key: string): Promise<Answer> {
  const response = await fetch(`${url}/v1/rebuild`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ cursor }),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Answer
}

function save(progress: Progress): void {
  mkdirSync(dirname(progressFile), { recursive: true })
  writeFileSync(progressFile, JSON.stringify(progress))
}

const key = operatorKey()
let progress = startingPoint()
if (progress.cursor !== null) console.log(`Going on after ${progress.cursor} (${progress.rebuilt} done before).`)
for (;;) {
  const { rebuilt, failed, next_cursor: cursor } = await rebuildNext(progress.cursor, key)
  progress = { url, cursor, rebuilt: progress.rebuilt + rebuilt, failed: [...progress.failed, ...failed] }
  console.log(`${progress.rebuilt} organizations rebuilt`)
  if (cursor === null) break
  save(progress)
}
rmSync(progressFile, { force: true })
if (progress.failed.length > 0) {
  console.error(`${progress.failed.length} could not be rebuilt; run again:\n${progress.failed.join('\n')}`)
  process.exit(1)
}
