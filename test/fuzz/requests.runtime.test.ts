import { test } from 'vitest'
import { sendWildRequests } from './wild-requests.ts'

test('no request is too strange for an answer as described, and none breaks anything', async () => {
  await sendWildRequests({ seed: 20_260_301, requests: 500, expecting: [200, 201, 204, 400, 401, 403, 404, 422] })
})
