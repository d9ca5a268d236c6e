import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { claimCreation, claimSlug, slugHolder } from '../../src/directory/claims.ts'
import { inAccounts } from '../features/storage.ts'
import { as, expectProblem, operator } from '../support/api.ts'
import { created, followed, newOrganization, newUser, reseam } from '../support/api-builders.ts'
import { accountsThat, broken, organizationsVia } from '../support/api-faults.ts'
import { someId } from '../support/api-world.ts'
import { runCron } from '../support/cron.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE
const api = as(operator)

afterEach(() => vi.restoreAllMocks())

const create = (slug: string) => api.post('/v1/organizations', { name: 'Acme', slug })
const holderOf = async (slug: string) => (await slugHolder(env.ACCOUNTS, slug))?.organizationId ?? null

const confirmedOf = async (id: string) =>
  (
    await env.ACCOUNTS.prepare('select confirmed from creation_claims where organization_id = ?')
      .bind(id)
      .first<{ confirmed: number }>()
  )?.confirmed

/** As if everything that has been claimed so far had been claimed so much earlier. */
const inMinutes = (minutes: number) => runCron(Date.now() + minutes * MINUTE)

describe('the claim of a creation', () => {
  const claim = async (fields: object = {}) => {
    const made = {
      organizationId: someId('org'),
      slug: someId('slug'),
      createdBy: null,
      ownerId: null,
      limit: 1,
      claimedAt: Date.now(),
      directory: 'DIRECTORY',
    }
    const claimed = { ...made, ...fields }
    expect(await claimCreation(env.ACCOUNTS, claimed)).toMatchObject({ outcome: 'claimed' })
    return claimed
  }

  test('that came to nothing is given up, and no longer counts for its person', async () => {
    const person = await newUser()
    const { slug } = await claim({ createdBy: person.id })
    await api.patch('/v1/settings', { max_organizations_per_user: 1 })
    expectProblem(await person.api.post('/v1/organizations', { name: 'A' }), 409, 'organization_limit_reached')

    await inMinutes(11)

    expect(await holderOf(slug)).toBeNull()
    expect((await person.api.post('/v1/organizations', { name: 'A' })).status).toBe(201)
  })

  test('that may still come to something is left alone', async () => {
    const { slug, organizationId } = await claim()
    await inMinutes(9)
    expect(await holderOf(slug)).toBe(organizationId)
  })

  test('whose confirmation was lost is confirmed', async () => {
    const { id, slug } = created(await create('unconfirmed-one'))
    await env.ACCOUNTS.prepare('update creation_claims set confirmed = 0 where organization_id = ?').bind(id).run()

    await inMinutes(11)

    expect(await confirmedOf(id)).toBe(1)
    expect(await holderOf(slug)).toBe(id)
  })

  test('that is claimed again while the sweep asks about it stays', async () => {
    const mine = await claim()
    const again = organizationsVia((object, id) => ({
      wake: async () => {
        const woken = await object.wake()
        if (id === mine.organizationId) await claim({ ...mine, claimedAt: Date.now() + 12 * MINUTE })
        return woken
      },
    }))
    await runCron(Date.now() + 11 * MINUTE, { ORGANIZATION: again })
    expect(await holderOf(mine.slug)).toBe(mine.organizationId)
  })
})

describe('the claim of a slug', () => {
  test('that its organization never came to have is given up', async () => {
    const team = await newOrganization({ slug: 'has-this-one' })
    await claimSlug(env.ACCOUNTS, 'never-had-that', team.id, Date.now())
    await followed(team)

    await inMinutes(11)

    expect(await holderOf('never-had-that')).toBeNull()
    expect(await holderOf('has-this-one')).toBe(team.id)
  })

  test.each([0, 1, 2, 3])(
    'is right after the sweep when a change of it died at call %i to the database',
    async (calls) => {
      const team = await newOrganization({ slug: `before-${calls}` })
      await followed(team)
      let made = 0
      const dying = broken({ ACCOUNTS: accountsThat(() => made++ === calls) })
      vi.spyOn(console, 'warn').mockImplementation(() => undefined)
      await as(operator, dying).patch(team.path, { slug: `after-${calls}` })

      await inMinutes(11)

      const { slug } = (await team.owner.api.get(team.path)).body
      const claims = await inAccounts('select slug, unsettled_at from slug_claims where organization_id = ?', team.id)
      expect(claims).toEqual([{ slug, unsettled_at: null }])
    },
  )

  test('that a change may still be about to use is left alone', async () => {
    const team = await newOrganization()
    await claimSlug(env.ACCOUNTS, 'about-to-have', team.id, Date.now())
    await followed(team)
    await inMinutes(9)
    expect(await holderOf('about-to-have')).toBe(team.id)
  })

  test('stays when only the directory has not heard of it yet', async () => {
    const team = await newOrganization({ slug: 'known-slug' })
    await followed(team)
    await reseam(team, { project: () => Promise.reject(new Error('D1_ERROR: Network connection lost.')) })
    expect((await team.owner.api.patch(team.path, { slug: 'unheard-of' })).status).toBe(200)

    await inMinutes(11)

    expect(await holderOf('unheard-of')).toBe(team.id)
    expectProblem(await create('unheard-of'), 409, 'slug_taken')
  })

  test('that is claimed again while the sweep asks about it stays', async () => {
    const team = await newOrganization()
    await claimSlug(env.ACCOUNTS, 'wanted-again', team.id, Date.now())
    await followed(team)
    const renaming = organizationsVia((object, id) => ({
      wake: async () => {
        const woken = await object.wake()
        if (id === team.id) await team.owner.api.patch(team.path, { slug: 'wanted-again' })
        return woken
      },
    }))

    await runCron(Date.now() + 11 * MINUTE, { ORGANIZATION: renaming })

    expect((await team.owner.api.get(team.path)).body.slug).toBe('wanted-again')
    expect(await holderOf('wanted-again')).toBe(team.id)
  })
})

describe('a deleted organization', () => {
  test('is kept as long as it can be restored, then erased with its slug', async () => {
    const team = await newOrganization({ slug: 'deleted-for-good' })
    await team.owner.api.delete(team.path)
    await followed(team)
    await runCron(Date.now() + 31 * DAY)
    expect((await api.post(`${team.path}/restore`)).status).toBe(200)
    await team.owner.api.delete(team.path)
    await followed(team)

    await reseam(team, { clock: () => Date.now() + 32 * DAY })
    await runCron(Date.now() + 32 * DAY)

    expectProblem(await api.post(`${team.path}/restore`), 404, 'not_found')
    expect((await create('deleted-for-good')).status).toBe(201)
  })
})

describe('a claim that is gone because ACCOUNTS was restored to an earlier time', () => {
  const claimsOf = async (id: string) => {
    const creation = env.ACCOUNTS.prepare('select created_by, confirmed from creation_claims where organization_id = ?')
    const slug = env.ACCOUNTS.prepare('select slug from slug_claims where organization_id = ?')
    return (await env.ACCOUNTS.batch([creation.bind(id), slug.bind(id)])).map(({ results }) => results)
  }
  const forget = (table: string, id: string) =>
    env.ACCOUNTS.prepare(`delete from ${table} where organization_id = ?`).bind(id).run()

  test.each(['creation_claims', 'slug_claims'])('in %s is asserted again', async (table) => {
    const person = await newUser()
    const { id } = created(await person.api.post('/v1/organizations', { name: `Of ${person.id}` }))
    await followed({ id })
    const before = await claimsOf(id)
    await forget(table, id)

    await inMinutes(0)

    expect(await claimsOf(id)).toEqual(before)
  })

  test('is not taken from another organization that holds the slug now', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const team = await newOrganization({ slug: 'taken-meanwhile' })
    await followed(team)
    await forget('slug_claims', team.id)
    const holder = created(await create('taken-meanwhile'))

    await inMinutes(0)

    expect(await holderOf('taken-meanwhile')).toBe(holder.id)
    const lost = { organizationId: team.id, slug: 'taken-meanwhile', heldBy: holder.id }
    expect(logged).toHaveBeenCalledWith(expect.objectContaining(lost))
  })

  test('of an organization that was erased stays gone', async () => {
    const team = await newOrganization()
    await followed(team)
    await forget('creation_claims', team.id)
    await forget('slug_claims', team.id)
    await runInDurableObject(env.ORGANIZATION.getByName(team.id), (_, { storage }) => storage.deleteAll())
    await evictDurableObject(env.ORGANIZATION.getByName(team.id))

    await inMinutes(0)

    expect(await claimsOf(team.id)).toEqual([[], []])
  })
})
