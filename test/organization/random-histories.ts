import fc from 'fast-check'
import { expect } from 'vitest'
import type { Query } from '../../src/membership/queries.ts'
import { type LivingOrganization, livingOrganization, WHOLE_LOG } from '../support/living-organization.ts'
import { beginning, history } from '../support/random-history.ts'
import { RandomRun, type Verdicts } from '../support/random-run.ts'

const COMMANDS = 60
/** In one run of so many the object leaves memory halfway. */
const EVICTED = 20

const page = { limit: 100, cursor: null }
const byEmail = { by: 'email', descending: false } as const
const QUESTIONS: readonly Query[] = [
  { type: 'GetOrganization' },
  { type: 'GetSeats' },
  { type: 'ListMembers', statuses: ['active', 'suspended', 'removed'], role: null, search: null, sort: byEmail, page },
  {
    type: 'ListInvitations',
    statuses: ['pending', 'accepted', 'declined', 'canceled', 'expired'],
    search: null,
    sort: byEmail,
    page,
  },
  { type: 'ListEvents', types: [], actorId: null, targetId: null, from: null, to: null, afterSeq: 0, page },
]

/** Verdicts that many random histories must meet often, or they would not say much. */
export const OFTEN_MET: readonly string[] = [
  'InviteMember accepted',
  'InviteMember seat_limit_reached',
  'InviteMember already_invited',
  'InviteMember single_owner',
  'AcceptInvitation accepted',
  'AcceptInvitation invitation_link_superseded',
  'AcceptInvitation invitation_expired',
  'ResendInvitation accepted',
  'ResendInvitation resend_too_soon',
  'BulkInvite seat_limit_reached',
  'TransferOwnership accepted',
  'Leave last_owner',
  'RemoveMember last_owner',
  'SuspendMember last_owner',
  'UpdateMember last_owner',
  'UpdateMember forbidden',
  'UpdatePeople accepted',
  'UpdatePeople forbidden',
  'ErasePerson accepted',
  'ErasePerson last_owner',
  'ReactivateMember accepted',
  'ReactivateMember suspended_by_admin',
  'AddMember accepted',
  'AddMembers added',
  'AddMembers returned',
  'AddMembers reactivated',
  'AddMembers linked',
  'AddMembers unchanged',
  'AddMembers already_member',
  'AddMembers external_id_taken',
  'AddMembers role_not_allowed',
  'AddMembers single_owner',
  'AddMembers seat_limit_reached',
  'AddMembers removed_by_admin',
  'AddMembers suspended_by_admin',
  'AddMembers invalid_email',
  'AddMembers arrivals_refused',
  'AddMembers forbidden',
  'AllowReturn accepted',
  'UpdateRole accepted',
  'CreateApiKey forbidden',
]

/**
 * After any history an organization is what the rules say, in memory or fresh from storage: in `numRuns` random histories.
 * Returns how often each verdict was met.
 */
export async function agreeWithRules(numRuns: number): Promise<Verdicts> {
  const verdicts: Verdicts = new Map()
  let runs = 0
  const holds = fc.asyncProperty(beginning, history(COMMANDS), async (begin, steps) => {
    runs += 1
    const acme = livingOrganization()
    const run = new RandomRun(acme.id, verdicts)
    const pause = runs % EVICTED === 0 ? Math.floor(steps.length / 2) : steps.length
    await acme.inside(async (object, storage) => {
      await run.begin(object, storage, begin)
      await run.go(object, storage, steps.slice(0, pause))
      const caller = { type: 'operator' } as const
      const verified = await object.read({ caller, query: WHOLE_LOG })
      // Refused only where there is no organization, or none any more.
      if (verified.ok) expect(verified.value).toMatchObject({ firstBrokenSeq: null })
      else expect(verified.error.code).toBe('not_found')
    })
    if (pause === steps.length) return
    await answersAlikeAfterEviction(acme, run)
    await acme.inside((object, storage) => run.go(object, storage, steps.slice(pause)))
  })

  // Making a failed history shorter takes longer than any timeout; its seed and path repeat it.
  await fc.assert(holds, { numRuns, endOnFailure: true })
  return verdicts
}

async function answersAlikeAfterEviction(acme: LivingOrganization, run: RandomRun): Promise<void> {
  const ask = () =>
    acme.inside((object) => {
      run.attach(object)
      return Promise.all(QUESTIONS.map((query) => object.read({ caller: { type: 'operator' }, query })))
    })
  const before = await ask()
  await acme.evict()
  expect(await ask()).toEqual(before)
}
