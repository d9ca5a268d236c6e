import { describe, expect, test } from 'vitest'
import { as, expectInvalid, expectProblem, idsOf, operator } from '../../support/api.ts'
import { created, newInvitation, newMember, newOrganization, newUser } from '../../support/api-builders.ts'
import { someId } from '../../support/api-world.ts'

const api = as(operator)

describe('adding a member at once', () => {
  test('makes a known person a member with the role and profile given', async () => {
    const team = await newOrganization()
    const user = await newUser('Bob Fox')
    const profile = { given_name: 'Bob', family_name: 'Fox', picture: 'https://x.test/bob.png' }

    const member = created(await api.post(`${team.path}/members`, { user_id: user.id, role: 'admin', profile }))

    expect(member).toMatchObject({
      object: 'member',
      organization_id: team.id,
      user_id: user.id,
      email: user.email,
      name: 'Bob Fox',
      role: 'admin',
      status: 'active',
      source: 'added',
      profile: { ...profile, name: 'Bob Fox' },
    })
    expect((await user.api.get(`${team.path}/members/${member.id}`)).body).toEqual(member)
  })

  test('by an address nobody has yet makes the account, unverified', async () => {
    const team = await newOrganization()
    const member = created(
      await api.post(`${team.path}/members`, { email: ' New@X.test', profile: { name: 'New One' } }),
    )
    expect(member).toMatchObject({ email: 'new@x.test', role: 'member' })
    expect((await api.get(`/v1/users/${member.user_id}`)).body).toMatchObject({
      email: 'new@x.test',
      name: 'New One',
      email_verified: false,
    })
  })

  test('by an address takes the account that has it, and leaves that as it is', async () => {
    const team = await newOrganization()
    const user = await newUser('Cat Day', { email_verified: true })
    const member = created(await api.post(`${team.path}/members`, { email: user.email.toUpperCase() }))
    expect(member.user_id).toBe(user.id)
    expect((await api.get(`/v1/users/${user.id}`)).body).toMatchObject({ name: 'Cat Day', email_verified: true })
  })

  test('names the person by exactly one of id and address', async () => {
    const { path } = await newOrganization()
    const both = { user_id: someId('usr'), email: 'a@x.test' }
    expectProblem(await api.post(`${path}/members`, both), 422, 'invalid_request')
    expectProblem(await api.post(`${path}/members`, { role: 'member' }), 422, 'invalid_request')
    expectInvalid(await api.post(`${path}/members`, { user_id: someId('usr') }), 'user_id')
  })

  test('is refused for who belongs already, and for a role that is none', async () => {
    const team = await newOrganization()
    const member = await newMember(team)
    const again = await api.post(`${team.path}/members`, { user_id: member.id })
    expectProblem(again, 409, 'already_member', { member_id: member.memberId })
    expectInvalid(await api.post(`${team.path}/members`, { email: 'r@x.test', role: 'nonsense' }), 'role')
  })

  test('takes a seat, while there is one', async () => {
    const team = await newOrganization({ seat_limit: 2, upgrade_url: 'https://product.test/up' })
    await newMember(team)
    const refused = await api.post(`${team.path}/members`, { email: 'third@x.test' })
    expectProblem(refused, 409, 'seat_limit_reached', {
      seats: { object: 'seats', used: 2, active: 2, pending: 0, limit: 2, available: 0 },
      upgrade_url: 'https://product.test/up',
    })
  })

  test('never takes more seats than there are, however many calls race', async () => {
    const team = await newOrganization({ seat_limit: 5 })
    const emails = Array.from({ length: 20 }, (_, index) => `racer-${index}@x.test`)
    const calls = emails.map((email, index) =>
      index % 2
        ? api.post(`${team.path}/members`, { email })
        : team.owner.api.post(`${team.path}/invitations`, { email }),
    )
    const answers = await Promise.all(calls)
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(4)
    expect((await team.owner.api.get(`${team.path}/seats`)).body).toMatchObject({ used: 5, limit: 5, available: 0 })
  })
})

describe('changing a member', () => {
  test('changes role and profile, and keeps what is not named', async () => {
    const team = await newOrganization()
    const member = await newMember(team)
    const path = `${team.path}/members/${member.memberId}`
    await team.owner.api.patch(path, { profile: { given_name: 'Bo', picture: 'https://x.test/b.png' } })

    const changed = await team.owner.api.patch(path, { role: 'admin', profile: { given_name: 'Rob' } })

    expect(changed.body).toMatchObject({
      role: 'admin',
      profile: { name: 'Bob Fox', given_name: 'Rob', picture: 'https://x.test/b.png' },
    })
  })

  test('is for who may manage that role: an admin neither changes an admin nor makes one', async () => {
    const team = await newOrganization()
    const [admin, other, member] = [
      await newMember(team, 'admin'),
      await newMember(team, 'admin'),
      await newMember(team),
    ]
    const change = (memberId: string, role: string) => admin.api.patch(`${team.path}/members/${memberId}`, { role })
    expectProblem(await change(other.memberId, 'member'), 403, 'forbidden', { permission: 'admins:manage' })
    expectProblem(await change(member.memberId, 'admin'), 403, 'forbidden', { permission: 'admins:manage' })
    expectProblem(await change(member.memberId, 'owner'), 403, 'forbidden', { permission: 'owners:manage' })
    expectProblem(await change(team.owner.memberId, 'member'), 403, 'forbidden', { permission: 'owners:manage' })
  })

  test('never leaves the organization without an owner, whoever asks', async () => {
    const team = await newOrganization()
    const path = `${team.path}/members/${team.owner.memberId}`
    for (const client of [team.owner.api, api]) {
      expectProblem(await client.patch(path, { role: 'admin' }), 409, 'last_owner')
      expectProblem(await client.delete(path), 409, 'last_owner')
      expectProblem(await client.post(`${path}/suspend`), 409, 'last_owner')
    }
    expectProblem(await team.owner.api.post(`${team.path}/leave`), 409, 'last_owner')
  })

  test('keeps one owner when two owners leave at once', async () => {
    const team = await newOrganization()
    const second = await newMember(team, 'owner')
    const answers = await Promise.all([team.owner, second].map((owner) => owner.api.post(`${team.path}/leave`)))
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
  })

  test('finds only members of this organization', async () => {
    const [team, other] = [await newOrganization(), await newOrganization()]
    const path = `${team.path}/members/${other.owner.memberId}`
    expectProblem(await team.owner.api.get(path), 404, 'not_found')
    expectProblem(await team.owner.api.patch(path, { role: 'member' }), 404, 'not_found')
    expectProblem(await team.owner.api.delete(path), 404, 'not_found')
  })

  test('suspends and reactivates, and says so once each', async () => {
    const team = await newOrganization()
    const member = await newMember(team)
    const path = `${team.path}/members/${member.memberId}`
    for (const verb of ['suspend', 'suspend', 'reactivate', 'reactivate']) {
      expect((await team.owner.api.post(`${path}/${verb}`)).status).toBe(200)
    }
    const events = await team.owner.api.get(`${team.path}/events?after_seq=3&target=${member.memberId}`)
    expect(events.body.data.map(({ type }: { type: string }) => type)).toEqual([
      'member.suspended',
      'member.reactivated',
    ])
    expect((await member.api.get(team.path)).status).toBe(200)
  })
})

describe('a removed member', () => {
  test('is out with the next request and their seat is free', async () => {
    const team = await newOrganization({ seat_limit: 2 })
    const member = await newMember(team)
    expect((await member.api.get(team.path)).status).toBe(200)

    const removed = await team.owner.api.delete(`${team.path}/members/${member.memberId}`)

    expect(removed).toMatchObject({ status: 204, text: '' })
    expectProblem(await member.api.get(team.path), 404, 'not_found')
    expect((await team.owner.api.get(`${team.path}/seats`)).body).toMatchObject({ used: 1, available: 1 })
  })

  test('stands in the list only for who asks for removed ones', async () => {
    const team = await newOrganization()
    const member = await newMember(team)
    await team.owner.api.delete(`${team.path}/members/${member.memberId}`)
    expect(idsOf(await team.owner.api.get(`${team.path}/members`))).toEqual([team.owner.memberId])
    expect(idsOf(await team.owner.api.get(`${team.path}/members?status=removed`))).toEqual([member.memberId])
  })

  test('returns under the same member id', async () => {
    const team = await newOrganization()
    const member = await newMember(team)
    await team.owner.api.delete(`${team.path}/members/${member.memberId}`)
    const back = created(await api.post(`${team.path}/members`, { user_id: member.id, role: 'admin' }))
    expect(back).toMatchObject({ id: member.memberId, status: 'active', role: 'admin' })
  })

  test('can be removed again without anything happening', async () => {
    const team = await newOrganization()
    const member = await newMember(team)
    const remove = () => team.owner.api.delete(`${team.path}/members/${member.memberId}`)
    const [first, second] = [await remove(), await remove()]
    expect(second.status).toBe(204)
    expect(second.headers.get('Muster-Revision')).toBe(first.headers.get('Muster-Revision'))
  })
})

test('anyone may leave, even someone suspended, and is out with the next request', async () => {
  const team = await newOrganization()
  const member = await newMember(team)
  await team.owner.api.post(`${team.path}/members/${member.memberId}/suspend`)
  expect((await member.api.post(`${team.path}/leave`)).status).toBe(204)
  expectProblem(await member.api.post(`${team.path}/leave`), 404, 'not_found')
})

test('someone suspended still reads their own membership, and nothing else', async () => {
  const team = await newOrganization()
  const member = await newMember(team)
  await team.owner.api.post(`${team.path}/members/${member.memberId}/suspend`)
  expect((await member.api.get(`${team.path}/members/${member.memberId}`)).body.status).toBe('suspended')
  expectProblem(await member.api.get(`${team.path}/members/${team.owner.memberId}`), 403, 'member_suspended')
})

test('the roster shows members and open invitations as one list', async () => {
  const team = await newOrganization()
  const member = await newMember(team, 'admin', 'Zed')
  const invitation = await newInvitation(team, { name: 'Mid', role: 'admin' })
  const { body } = await team.owner.api.get(`${team.path}/roster`)
  expect(body.data).toMatchObject([
    { kind: 'member', name: 'Ann Lee', role: 'owner', status: 'active', invited_at: null, expires_at: null },
    { kind: 'invitation', id: invitation.id, name: 'Mid', status: 'pending', user_id: null, joined_at: null },
    { kind: 'member', id: member.memberId, name: 'Zed', role: 'admin', user_id: member.id },
  ])
})
