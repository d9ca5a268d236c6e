import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import {
  claimCreation,
  claimSlug,
  confirmCreation,
  longOpenClaims,
  openCreations,
  releaseCreation,
  releaseFormerSlugs,
  releaseSlug,
  settleSlug,
  slugHolder,
} from '../../src/directory/claims.ts'
import { someId } from '../support/api-world.ts'

const { ACCOUNTS } = env
const HOUR = 3_600_000
const now = Date.UTC(2030, 0, 1, 12)

let slugs = 0
const newSlug = () => {
  slugs += 1
  return `slug-${slugs}`
}

const claim = (fields: object = {}) => ({
  organizationId: someId('org'),
  slug: newSlug(),
  createdBy: null,
  ownerId: null,
  limit: 10,
  claimedAt: now,
  directory: 'DIRECTORY',
  ...fields,
})

const holderOf = async (slug: string) => (await slugHolder(ACCOUNTS, slug))?.organizationId ?? null

describe('claiming a creation', () => {
  test('takes slug and count together, or neither', async () => {
    const person = someId('usr')
    const taken = claim()
    await claimCreation(ACCOUNTS, taken)

    const outcome = await claimCreation(ACCOUNTS, claim({ slug: taken.slug, createdBy: person, limit: 1 }))

    expect(outcome).toMatchObject({ outcome: 'slug_taken' })
    expect(await claimCreation(ACCOUNTS, claim({ createdBy: person, limit: 1 }))).toMatchObject({ outcome: 'claimed' })
    const beyond = claim({ createdBy: person, limit: 1 })
    expect(await claimCreation(ACCOUNTS, beyond)).toMatchObject({ outcome: 'organization_limit_reached' })
    expect(await holderOf(beyond.slug)).toBeNull()
  })

  test('is repeated by the same organization without counting twice', async () => {
    const mine = claim({ createdBy: someId('usr'), limit: 1 })
    expect(await claimCreation(ACCOUNTS, mine)).toMatchObject({ outcome: 'claimed' })
    expect(await claimCreation(ACCOUNTS, { ...mine, claimedAt: now + 1 })).toMatchObject({ outcome: 'claimed' })
  })

  test('that is released by an earlier call stays when it was claimed again since', async () => {
    const mine = claim()
    await claimCreation(ACCOUNTS, mine)
    await claimCreation(ACCOUNTS, { ...mine, claimedAt: now + HOUR })

    await releaseCreation(ACCOUNTS, mine.organizationId, mine.claimedAt)

    expect(await holderOf(mine.slug)).toBe(mine.organizationId)
    await releaseCreation(ACCOUNTS, mine.organizationId, now + HOUR)
    expect(await holderOf(mine.slug)).toBeNull()
  })

  test('is open until it is confirmed', async () => {
    const [open, confirmed] = [claim({ claimedAt: now - HOUR }), claim({ claimedAt: now - HOUR })]
    for (const one of [open, confirmed]) await claimCreation(ACCOUNTS, one)
    await confirmCreation(ACCOUNTS, confirmed.organizationId)

    const ids = (await openCreations(ACCOUNTS, now, { after: null, limit: 100 })).found

    expect(ids).toContain(open.organizationId)
    expect(ids).not.toContain(confirmed.organizationId)
  })
})

describe('claiming a slug', () => {
  test('gives it to one organization, and tells that one apart from the others', async () => {
    const [slug, mine, other] = [newSlug(), someId('org'), someId('org')]
    expect(await claimSlug(ACCOUNTS, slug, mine, now)).toBe('new')
    expect(await claimSlug(ACCOUNTS, slug, mine, now)).toBe('held')
    expect(await claimSlug(ACCOUNTS, slug, other, now)).toBe('taken')
    expect(await holderOf(slug)).toBe(mine)
  })

  test('again keeps it from being released by who claimed it first, even within the same millisecond', async () => {
    const [slug, mine] = [newSlug(), someId('org')]
    await claimSlug(ACCOUNTS, slug, mine, now)
    await claimSlug(ACCOUNTS, slug, mine, now)

    await releaseSlug(ACCOUNTS, slug, mine, now)

    expect(await holderOf(slug)).toBe(mine)
  })

  test('is undone only by its organization', async () => {
    const [slug, mine] = [newSlug(), someId('org')]
    await claimSlug(ACCOUNTS, slug, mine, now)
    await releaseSlug(ACCOUNTS, slug, someId('org'), now)
    expect(await holderOf(slug)).toBe(mine)
    await releaseSlug(ACCOUNTS, slug, mine, now)
    expect(await holderOf(slug)).toBeNull()
  })

  test('frees former slugs, but none so young that a change to it may be under way', async () => {
    const mine = someId('org')
    const [former, current, young] = [newSlug(), newSlug(), newSlug()]
    await claimSlug(ACCOUNTS, former, mine, now - HOUR)
    await claimSlug(ACCOUNTS, current, mine, now - HOUR)
    await claimSlug(ACCOUNTS, young, mine, now - 1000)

    await releaseFormerSlugs(ACCOUNTS, mine, current, now)

    expect(await Promise.all([former, current, young].map(holderOf))).toEqual([null, mine, mine])
  })
})

describe('whether an organization uses a slug', () => {
  const unsettled = async (organizationId: string) =>
    (await longOpenClaims(ACCOUNTS, [organizationId], now + 2 * HOUR)).slugs
  const slugsOf = async (organizationId: string) => (await unsettled(organizationId)).map(({ slug }) => slug).sort()

  test('is settled with its creation', async () => {
    const mine = claim()
    await claimCreation(ACCOUNTS, mine)
    expect(await slugsOf(mine.organizationId)).toEqual([mine.slug])
    await confirmCreation(ACCOUNTS, mine.organizationId, mine)
    expect(await slugsOf(mine.organizationId)).toEqual([])
  })

  test('is not settled by a creation that was confirmed after the organization claimed another slug', async () => {
    const [mine, other] = [claim(), newSlug()]
    await claimCreation(ACCOUNTS, mine)
    await claimSlug(ACCOUNTS, other, mine.organizationId, now)
    await confirmCreation(ACCOUNTS, mine.organizationId, mine)
    expect(await slugsOf(mine.organizationId)).toEqual([mine.slug, other].sort())
  })

  test('is open for all of its slugs once it claims another, but not when another organization has that one', async () => {
    const [mine, other, wanted] = [claim(), claim(), newSlug()]
    for (const one of [mine, other]) {
      await claimCreation(ACCOUNTS, one)
      await confirmCreation(ACCOUNTS, one.organizationId, one)
    }
    await claimSlug(ACCOUNTS, other.slug, mine.organizationId, now)
    expect(await slugsOf(mine.organizationId)).toEqual([])
    expect(await slugsOf(other.organizationId)).toEqual([])
    await claimSlug(ACCOUNTS, wanted, mine.organizationId, now)
    expect(await slugsOf(mine.organizationId)).toEqual([mine.slug, wanted].sort())
  })

  test('stays open when another slug was claimed while the organization was asked', async () => {
    const [mine, wanted] = [claim(), newSlug()]
    await claimCreation(ACCOUNTS, mine)
    const [asked] = await unsettled(mine.organizationId)
    await claimSlug(ACCOUNTS, wanted, mine.organizationId, now)
    if (asked !== undefined) await settleSlug(ACCOUNTS, asked)
    expect(await slugsOf(mine.organizationId)).toEqual([mine.slug, wanted].sort())
  })
})
