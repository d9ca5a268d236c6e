import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import {
  claimCreation,
  claimSlug,
  confirmCreation,
  openCreations,
  releaseCreation,
  releaseFormerSlugs,
  releaseSlug,
  slugHolder,
} from '../../src/directory/claims.ts'
import { someId } from '../support/api-world.ts'

const { DIRECTORY } = env
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
  limit: 10,
  claimedAt: now,
  ...fields,
})

const holderOf = async (slug: string) => (await slugHolder(DIRECTORY, slug))?.organizationId ?? null

describe('claiming a creation', () => {
  test('takes slug and count together, or neither', async () => {
    const person = someId('usr')
    const taken = claim()
    await claimCreation(DIRECTORY, taken)

    const outcome = await claimCreation(DIRECTORY, claim({ slug: taken.slug, createdBy: person, limit: 1 }))

    expect(outcome).toBe('slug_taken')
    expect(await claimCreation(DIRECTORY, claim({ createdBy: person, limit: 1 }))).toBe('claimed')
    const beyond = claim({ createdBy: person, limit: 1 })
    expect(await claimCreation(DIRECTORY, beyond)).toBe('organization_limit_reached')
    expect(await holderOf(beyond.slug)).toBeNull()
  })

  test('is repeated by the same organization without counting twice', async () => {
    const mine = claim({ createdBy: someId('usr'), limit: 1 })
    expect(await claimCreation(DIRECTORY, mine)).toBe('claimed')
    expect(await claimCreation(DIRECTORY, { ...mine, claimedAt: now + 1 })).toBe('claimed')
  })

  test('that is released by an earlier call stays when it was claimed again since', async () => {
    const mine = claim()
    await claimCreation(DIRECTORY, mine)
    await claimCreation(DIRECTORY, { ...mine, claimedAt: now + HOUR })

    await releaseCreation(DIRECTORY, mine.organizationId, mine.claimedAt)

    expect(await holderOf(mine.slug)).toBe(mine.organizationId)
    await releaseCreation(DIRECTORY, mine.organizationId, now + HOUR)
    expect(await holderOf(mine.slug)).toBeNull()
  })

  test('is open until it is confirmed', async () => {
    const [open, confirmed] = [claim({ claimedAt: now - HOUR }), claim({ claimedAt: now - HOUR })]
    for (const one of [open, confirmed]) await claimCreation(DIRECTORY, one)
    await confirmCreation(DIRECTORY, confirmed.organizationId)

    const ids = (await openCreations(DIRECTORY, now, 100)).map(({ organizationId }) => organizationId)

    expect(ids).toContain(open.organizationId)
    expect(ids).not.toContain(confirmed.organizationId)
  })
})

describe('claiming a slug', () => {
  test('gives it to one organization, and tells that one apart from the others', async () => {
    const [slug, mine, other] = [newSlug(), someId('org'), someId('org')]
    expect(await claimSlug(DIRECTORY, slug, mine, now)).toBe('new')
    expect(await claimSlug(DIRECTORY, slug, mine, now)).toBe('held')
    expect(await claimSlug(DIRECTORY, slug, other, now)).toBe('taken')
    expect(await holderOf(slug)).toBe(mine)
  })

  test('again keeps it from being released by who claimed it first, even within the same millisecond', async () => {
    const [slug, mine] = [newSlug(), someId('org')]
    await claimSlug(DIRECTORY, slug, mine, now)
    await claimSlug(DIRECTORY, slug, mine, now)

    await releaseSlug(DIRECTORY, slug, mine, now)

    expect(await holderOf(slug)).toBe(mine)
  })

  test('is undone only by its organization', async () => {
    const [slug, mine] = [newSlug(), someId('org')]
    await claimSlug(DIRECTORY, slug, mine, now)
    await releaseSlug(DIRECTORY, slug, someId('org'), now)
    expect(await holderOf(slug)).toBe(mine)
    await releaseSlug(DIRECTORY, slug, mine, now)
    expect(await holderOf(slug)).toBeNull()
  })

  test('frees former slugs, but none so young that a change to it may be under way', async () => {
    const mine = someId('org')
    const [former, current, young] = [newSlug(), newSlug(), newSlug()]
    await claimSlug(DIRECTORY, former, mine, now - HOUR)
    await claimSlug(DIRECTORY, current, mine, now - HOUR)
    await claimSlug(DIRECTORY, young, mine, now - 1000)

    await releaseFormerSlugs(DIRECTORY, mine, current, now)

    expect(await Promise.all([former, current, young].map(holderOf))).toEqual([null, mine, mine])
  })
})
