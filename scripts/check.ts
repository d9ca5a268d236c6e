import { spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { delimiter, resolve } from 'node:path'

/*
 * `npm test`: every guarantee, the cheapest check first. `npm run test:deep` (the argument `deep`): the same guarantees with
 * more runs, more rows and more pages. The first step that fails ends the run. The last line counts the tests:
 * "N passed, N failed".
 */

const root = resolve(import.meta.dirname, '..')
const REPORTS = resolve(root, 'dist/reports')

interface Step {
  readonly name: string
  /** Where a step of tests writes what it counted. */
  readonly report?: string
  readonly command: readonly string[]
}

const PLAIN: readonly Step[] = [
  { name: 'lint', command: ['biome', 'check', '--error-on-warnings'] },
  { name: 'bindings', command: ['wrangler', 'types', '--include-runtime=false', '--check', 'src/bindings.d.ts'] },
  { name: 'types', command: ['tsc'] },
  { name: 'openapi', command: ['node', 'scripts/lint-openapi.ts'] },
  tests('unit'),
  { name: 'bundle', command: ['node', 'scripts/bundle.ts'] },
  tests('runtime'),
  tests('system'),
]

const DEEP: readonly Step[] = [tests('deep-unit'), tests('deep-runtime'), tests('deep-system')]

const STEPS = process.argv[2] === 'deep' ? DEEP : PLAIN

/** One scope after the other: together they would measure each other's load. */
function tests(project: string): Step {
  const report = `${REPORTS}/${project}.json`
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  return {
    name: `${project} tests`,
    report,
    command: ['vitest', 'run', '--project', project, ...reporters],
  }
}

function run({ command: [program = '', ...rest] }: Step): Promise<number | null> {
  const path = `${resolve(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`
  const env = { ...process.env, PATH: path, WRANGLER_SEND_METRICS: 'false' }
  const child = spawn(program, rest, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
  return new Promise((settle, refuse) => child.once('error', refuse).once('close', settle))
}

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

/** A file that could not even be loaded has no tests to count and counts as one that failed. */
async function totals(): Promise<{ passed: number; failed: number }> {
  const sum = { passed: 0, failed: 0 }
  for (const { report: path } of STEPS) {
    const text = path === undefined ? null : await readFile(path, 'utf8').catch(() => null)
    if (text === null) continue
    const report = JSON.parse(text) as Report
    const unloadable = report.testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    )
    sum.passed += report.numPassedTests
    sum.failed += report.numFailedTests + unloadable.length
  }
  return sum
}

await rm(REPORTS, { recursive: true, force: true })
const summary: string[] = []
for (const step of STEPS) {
  console.log(`\n── ${step.name}: ${step.command.slice(0, 4).join(' ')}`)
  const start = performance.now()
  const code = await run(step)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  summary.push(`${code === 0 ? '✓' : '✗'} ${step.name.padEnd(18)} ${seconds.padStart(6)} s`)
  if (code === 0) continue
  process.exitCode = 1
  break
}
const { passed, failed } = await totals()
console.log(`\n${summary.join('\n')}`)
if (process.exitCode === 1) console.log(`\nFailed at: ${STEPS[summary.length - 1]?.name}`)
console.log(`\n${passed} passed, ${failed} failed`)
