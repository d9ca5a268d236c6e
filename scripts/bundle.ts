import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = resolve(import.meta.dirname, '..')

/**
 * What the worker may weigh, compressed, so that it starts fast wherever it is called first. It grows with what it can do, up
 * to 600 with everything built; the limit stays close above, so that a growth that nobody meant shows.
 */
export const MAX_BUNDLE_KIB = 380

/** The size of what a deployment would upload, compressed, in KiB: built as for a deployment, uploaded nowhere. */
export async function bundleKib(): Promise<number> {
  const wrangler = fileURLToPath(import.meta.resolve('wrangler'))
  const command = ['--no-warnings', wrangler, 'deploy', '--dry-run', '--outdir', 'dist/worker']
  const env = { ...process.env, WRANGLER_LOG: 'log' }
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: root, env })
  const size = /gzip: ([\d.]+) KiB/.exec(stdout)?.[1]
  if (size === undefined) throw new Error(`wrangler did not tell the size of the bundle:\n${stdout}`)
  return Number(size)
}

if (import.meta.main) {
  const size = await bundleKib()
  console.log(`The worker weighs ${size} KiB compressed; ${MAX_BUNDLE_KIB} KiB are allowed.`)
  if (size > MAX_BUNDLE_KIB) process.exitCode = 1
}
