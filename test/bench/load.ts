import { Pool } from 'undici'

export interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

export interface Workload {
  readonly name: string
  readonly url: URL
  /** Called once per request, so that each may differ. */
  readonly call: () => Call
  readonly status: number
  /** So many callers at once, each of whom waits for an answer before the next request. */
  readonly callers?: number
  /** It leaves work behind that goes on after the last answer. */
  readonly changes?: boolean
}

const CALLERS = 16
/** Of PUBLIC_URL in wrangler.toml: a deployment is called by its own name. */
const PUBLIC_HOST = 'localhost:8787'

/** Requests per second over connections that stay open, each with one request at a time. */
export async function requestsPerSecond(workload: Workload, seconds: number): Promise<number> {
  const start = performance.now()
  const end = start + seconds * 1000
  const answered = await requestsWhile(workload, () => performance.now() < end)
  return answered / ((performance.now() - start) / 1000)
}

/** Answers how many were sent. */
export async function requestsWhile(
  { url, call, status, callers = CALLERS }: Workload,
  goesOn: (answered: number) => boolean,
): Promise<number> {
  const pool = new Pool(url.origin, { connections: callers, pipelining: 1 })
  let answered = 0
  const caller = async () => {
    while (goesOn(answered)) {
      const request = call()
      const response = await pool.request({ ...request, headers: { host: PUBLIC_HOST, ...request.headers } })
      if (response.statusCode !== status) throw new Error(`${response.statusCode}: ${await response.body.text()}`)
      await response.body.dump()
      answered += 1
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  await pool.close()
  return answered
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2
}
