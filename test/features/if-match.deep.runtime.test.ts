import { expect, test } from 'vitest'
import { newOrganization } from '../support/api-builders.ts'
import { CONTESTED, contest } from './two-writers.ts'

const ROUNDS = 300

test.each(CONTESTED)('of two writers to $what with the same ETag exactly one writes, 300 times', async (contested) => {
  // API keys and members of one organization are limited in number.
  for (let round = 0; round < ROUNDS; round += 50) {
    const team = await newOrganization()
    for (let again = 0; again < 50; again += 1) await contest(team, contested, round + again)
  }
  expect.hasAssertions()
})
