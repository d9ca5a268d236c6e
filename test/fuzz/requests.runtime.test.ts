import fc from 'fast-check'
import { expect, test } from 'vitest'
import { api } from '../../src/http/app.ts'
import { documentOf } from '../../src/http/openapi/document.ts'
import { ORIGIN, worker } from '../support/api.ts'
import { arbitraryRequest, type WildRequest } from './arbitrary-request.ts'
import { expectUnharmed, newPlace, type Place } from './place.ts'

const SEED = 20_260_301
const REQUESTS = 4_000
/** A world ends when its organization is deleted, which some requests do. */
const REQUESTS_PER_WORLD = 150
const TIME_LIMIT_MS = 50_000
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

test('no request is too strange for an answer as described, and none breaks anything', async () => {
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
  await fc.assert(property, {
    ...{ seed: SEED, numRuns: REQUESTS, interruptAfterTimeLimit: TIME_LIMIT_MS, endOnFailure: true },
  })
  await expectUnharmed(place)
  // Whoever refuses everything breaks nothing either.
  for (const status of [200, 201, 204, 400, 401, 403, 404, 409, 422]) {
    expect(statuses.get(status) ?? 0, `answers ${status}`).toBeGreaterThan(0)
  }
}, 120_000)
