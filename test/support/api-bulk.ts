import { expect } from 'vitest'
import type { Team } from './api-builders.ts'

/** Invites this many people, without their mails being of interest. */
export async function bulk(team: Team, people: number): Promise<void> {
  for (let done = 0; done < people; done += 1000) {
    const emails = Array.from({ length: Math.min(1000, people - done) }, (_, index) => `many-${done + index}@x.test`)
    const { body } = await team.owner.api.post(`${team.path}/invitations/bulk`, { emails })
    expect(new Set(body.results.map(({ outcome }: { outcome: string }) => outcome))).toEqual(new Set(['invited']))
  }
}
