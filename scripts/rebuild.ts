import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { deployedObjectIds, localObjectIds } from './object-ids.ts'

/*
 * Copies every organization into the directory again and asserts its claims, a few at a time:
 *
 *   MUSTER_URL=https://muster.example MUSTER_KEY=… CLOUDFLARE_ACCOUNT_ID=… CLOUDFLARE_API_TOKEN=… npm run rebuild
 *
 * First all organizations that D1 knows, then all objects that are left, by their ids: those are organizations that D1 has lost.
 * Cloudflare's API lists the objects of a deployment; a local server has them as files in .wrangler/state, or in
 * MUSTER_STATE. Without MUSTER_KEY, the operator key of .dev.vars is taken. Progress is kept in .wrangler/rebuild.json, and
 * the objects that are done in .wrangler/rebuild.objects, so an interrupted run continues; `npm run rebuild -- --fresh` starts from the beginning.
 */

const root = resolve(import.meta.dirname, '..')
const state = process.env.MUSTER_STATE
const stateDirectory = resolve(root, state ?? '.wrangler/state')
const progressFile = state === undefined ? resolve(root, '.wrangler/rebuild.json') : resolve(state, 'rebuild.json')
/** Ids of the objects that an interrupted run is done with, one a line. */
const objectsFile = progressFile.replace(/\.json$/, '.objects')
const secretsFile = state === undefined ? resolve(root, '.dev.vars') : resolve(state, '.dev.vars')
const url = process.env.MUSTER_URL ?? 'http://localhost:8787'
const script = process.env.MUSTER_SCRIPT ?? 'muster'
const OBJECTS_PER_CALL = 20

interface LostSlug {
  readonly organization_id: string
  readonly slug: string
  readonly held_by: string
}

interface Progress {
  readonly url: string
  readonly cursor: string | null
  readonly rebuilt: number
  readonly failed: readonly string[]
  readonly lostSlugs: readonly LostSlug[]
}

interface Answer {
  readonly rebuilt: number
  readonly failed: readonly string[]
  readonly lost_slugs: readonly LostSlug[]
}

interface AnswerOfWalk extends Answer {
  readonly object_ids: readonly string[]
  readonly next_cursor: string | null
}

function operatorKey(): string {
  const local = existsSync(secretsFile) ? parseEnv(readFileSync(secretsFile, 'utf8')).OPERATOR_KEY : undefined
  const key = process.env.MUSTER_KEY ?? local
  if (key === undefined) throw new Error('Set MUSTER_KEY to the operator key of the deployment.')
  return key
}

function startingPoint(): Progress {
  const start = { url, cursor: null, rebuilt: 0, failed: [], lostSlugs: [] }
  if (process.argv.includes('--fresh') || !existsSync(progressFile)) return start
  const saved = JSON.parse(readFileSync(progressFile, 'utf8')) as Progress
  return saved.url === url ? { ...start, ...saved } : start
}

async function post<T>(path: string, body: object): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}

function save(progress: Progress): void {
  mkdirSync(dirname(progressFile), { recursive: true })
  writeFileSync(progressFile, JSON.stringify(progress))
}

function noteDone(objects: readonly string[]): void {
  for (const id of objects) done.add(id)
  mkdirSync(dirname(objectsFile), { recursive: true })
  appendFileSync(objectsFile, objects.map((id) => `${id}\n`).join(''))
}

/** Of the run that is continued. */
function objectsDone(): string[] {
  if (progress.cursor === null) rmSync(objectsFile, { force: true })
  return existsSync(objectsFile) ? readFileSync(objectsFile, 'utf8').split('\n') : []
}

const after = (progress: Progress, { rebuilt, failed, lost_slugs: lost }: Answer, cursor: string | null): Progress => ({
  url,
  cursor,
  rebuilt: progress.rebuilt + rebuilt,
  failed: [...progress.failed, ...failed],
  lostSlugs: [...progress.lostSlugs, ...lost],
})

/** Pages of object ids. Null: this machine has no way to list them. */
function objectIds(): AsyncIterable<string[]> | Iterable<string[]> | null {
  const { CLOUDFLARE_ACCOUNT_ID: id, CLOUDFLARE_API_TOKEN: token } = process.env
  const api = process.env.CLOUDFLARE_API_BASE_URL ?? 'https://api.cloudflare.com/client/v4'
  if (id !== undefined && token !== undefined) return deployedObjectIds({ id, token, api }, script)
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)
  return isLocal ? [localObjectIds(stateDirectory, script)] : null
}

const key = operatorKey()
let progress = startingPoint()
const done = new Set(objectsDone())
if (progress.cursor !== null) console.log(`Continuing after ${progress.cursor} (${progress.rebuilt} done before).`)
for (;;) {
  const answer = await post<AnswerOfWalk>('/v1/rebuild', { cursor: progress.cursor })
  noteDone(answer.object_ids)
  progress = after(progress, answer, answer.next_cursor)
  console.log(`${progress.rebuilt} organizations rebuilt`)
  if (progress.cursor === null) break
  save(progress)
}

const known = progress.rebuilt
const pages = objectIds()
if (pages === null) {
  console.log('Set CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN to find organizations that D1 does not know.')
} else {
  for await (const page of pages) {
    const left = page.filter((id) => !done.has(id))
    while (left.length > 0) {
      const ids = left.splice(0, OBJECTS_PER_CALL)
      const answer = await post<Answer>('/v1/rebuild/objects', { object_ids: ids })
      const failed = new Set(answer.failed)
      noteDone(ids.filter((id) => !failed.has(id)))
      progress = after(progress, answer, null)
    }
  }
  console.log(`${progress.rebuilt - known} of them found by their objects alone`)
}
rmSync(progressFile, { force: true })
rmSync(objectsFile, { force: true })
for (const { organization_id: id, slug, held_by: holder } of progress.lostSlugs) {
  console.error(`The slug ${slug} of ${id} is held by ${holder}: give one of the two another slug.`)
}
if (progress.failed.length > 0) {
  console.error(`${progress.failed.length} could not be rebuilt; run again:\n${progress.failed.join('\n')}`)
}
if (progress.failed.length + progress.lostSlugs.length > 0) process.exitCode = 1
