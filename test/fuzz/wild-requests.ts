import fc from 'fast-check'
import { expect } from 'vitest'
import { api } from '../../src/http/app.ts'
import { documentOf } from '../../src/http/openapi/document.ts'
import { ORIGIN, worker } from '../support/api.ts'
import { arbitraryRequest, type WildRequest } from './arbitrary-request.ts'
import { expectUnharmed, newPlace, type Place } from './place.ts'

/** A world ends when its organization is deleted, which some requests do. */
const REQUESTS_PER_WORLD = 150
const STALLED_MS = 10_000

/** Null for what cannot even be sent. */
function requestOf({ caller, method, path, headers, body }: WildRequest, { credentials, real }: Place): Request | null {
  try {
    const sent = new Headers(credentials[caller])
    for (const [name, value] of headers) sent.set(name, real(value))
    const init: RequestInit = { method, headers: sent }
    if (body !== undefined && method !== 'GET' && method !== 'HEAD')
      init.body = typeof body === 'string' ? real(body) : body
    return new Request(`${ORIGIN}${real(path)}`, init)
  } catch {
    return null
  }
}

/** The client holds the answer against the description. */
async function send(request: Request): Promise<Response> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stalled = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => refuse(new Error(`No answer within ${STALLED_MS} ms`)), STALLED_MS)
  })
  return Promise.race([worker(request), stalled]).finally(() => clearTimeout(timer))
}

interface Run {
  readonly seed: number
  readonly requests: number
  /** Statuses that at least one answer must have: a server that refuses everything breaks nothing either. */
  readonly expecting: readonly number[]
}

/** Sends so many random requests: no answer is other than described, and none breaks anything. */
export async function sendWildRequests({ seed, requests, expecting }: Run): Promise<void> {
  let place = await newPlace()
  let sent = 0
  const statuses = new Map<number, number>()
  const property = fc.asyncProperty(arbitraryRequest(documentOf(api())), async (wild) => {
    if (sent > 0 && sent % REQUESTS_PER_WORLD === 0) {
      await expectUnharmed(place)
      place = await newPlace()
    }
    const request = requestOf(wild, place)
    if (request === null) return
    sent += 1
    const { status } = await send(request)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    expect(status).toBeLessThan(500)
  })
  await fc.assert(property, { seed, numRuns: requests, endOnFailure: true })
  await expectUnharmed(place)
  for (const status of expecting) expect(statuses.get(status) ?? 0, `answers ${status}`).toBeGreaterThan(0)
}
