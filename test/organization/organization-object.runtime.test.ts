import { describe, expect, test } from 'vitest'
import { keyCaller, minutes, noon } from '../support/commands.ts'
import { foundOrganization, livingOrganization, WHOLE_LOG } from '../support/living-organization.ts'

test('what a command has changed the next read sees, under the revision that the command answered with', async () => {
  const acme = await foundOrganization({ owners: ['ann'] })

  const updated = await acme.execute(acme.say.updateOrganization({ name: 'Apex', by: 'ann' }))

  expect(updated).toMatchObject({ ok: true, revision: 2 })
  expect(await acme.read({ type: 'GetOrganization' }, 'ann')).toMatchObject({ value: { name: 'Apex' }, revision: 2 })
})

test('the revision rises by one for all that a command changes, and not for what changes nothing', async () => {
  const acme = await foundOrganization({ owners: ['ann'] })

  const bulk = await acme.execute(acme.say.bulkInvite(['b@x.test', 'c@x.test', 'd@x.test']))
  const again = await acme.execute(acme.say.updateOrganization({ name: 'Acme' }))
  const refused = await acme.execute(acme.say.inviteMember('b@x.test'))

  expect([bulk.revision, again.revision, refused.revision]).toEqual([2, 2, 2])
})

test('founding twice at once founds once', async () => {
  const acme = livingOrganization()
  await acme.seams({ enqueue: async () => {} })

  const results = await Promise.all(
    ['ann', 'bob'].map((name) => acme.execute(acme.say.createOrganization({ owner: acme.ids.person(name) }))),
  )

  expect(results.map(({ revision }) => revision)).toEqual([1, 1])
  expect((await acme.rows()).members).toHaveLength(1)
})

describe('to whom an organization is not there', () => {
  const queries = [
    { type: 'GetOrganization' },
    { type: 'GetSeats' },
    { type: 'GetMember', memberId: 'mem_nobody' },
    WHOLE_LOG,
    { type: 'ListRoles' },
  ] as const

  test.each(queries)(
    '$type tells a stranger, a former member and an asker after it is deleted the same',
    async (query) => {
      const nothing = { ok: false, error: { code: 'not_found', resource: 'organization' } }
      const acme = await foundOrganization({ owners: ['ann'], members: ['bob'] })
      await acme.execute(acme.say.removeMember('bob'))

      expect(await acme.read(query, 'stranger')).toMatchObject(nothing)
      expect(await acme.read(query, 'bob')).toMatchObject(nothing)
      await acme.execute(acme.say.deleteOrganization())
      expect(await acme.read(query, 'ann')).toMatchObject(nothing)
      expect(await livingOrganization().read(query, 'ann')).toEqual({ ...nothing, revision: 0 })
    },
  )
})

describe('an API key', () => {
  test('works until it is revoked, and then with nothing', async () => {
    const acme = await foundOrganization({ owners: ['ann'] })
    await acme.execute(acme.say.createApiKey('ci', ['members:manage', 'products:use'], { by: 'ann' }))
    const by = keyCaller('ci')
    expect(await acme.execute(acme.say.inviteMember('bob@x.test', { by }))).toMatchObject({ ok: true })

    await acme.execute(acme.say.revokeApiKey('ci', { by: 'ann' }))

    expect(await acme.execute(acme.say.inviteMember('cat@x.test', { by }))).toMatchObject({
      error: { code: 'unauthenticated' },
    })
    expect(await acme.read({ type: 'GetOrganization' }, by)).toMatchObject({ error: { code: 'unauthenticated' } })
  })
  test('tells when it was last used, to the hour, so that its use costs next to nothing', async () => {
    let now = noon
    const acme = await foundOrganization({ owners: ['ann'], seams: { clock: () => now } })
    await acme.execute(acme.say.createApiKey('ci', ['organization:read'], { by: 'ann' }))
    const lastUsed = async () => (await acme.rows()).api_keys[0]?.last_used_at
    const use = () => acme.read({ type: 'GetOrganization' }, keyCaller('ci'))

    const first = await use()
    now += minutes(60) - 1
    const second = await use()
    expect([await lastUsed(), second.revision]).toEqual([noon, first.revision])

    now += 1
    await use()
    expect(await lastUsed()).toBe(noon + minutes(60))
  })
})
