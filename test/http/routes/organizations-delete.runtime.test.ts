import { describe, expect, test } from 'vitest'
import { as, expectProblem, nobody, operator } from '../../support/api.ts'
import { followed, newInvitation, newMember, newOrganization } from '../../support/api-builders.ts'
import { newApiKey } from '../../support/api-world.ts'

const api = as(operator)

describe('a deleted organization', () => {
  test('is gone for everyone with the next request', async () => {
    const team = await newOrganization()
    const member = await newMember(team)
    const { api: key } = await newApiKey(team)

    const deleted = await team.owner.api.delete(team.path)

    expect(deleted).toMatchObject({ status: 204, text: '' })
    for (const client of [team.owner.api, member.api, key, api]) {
      expectProblem(await client.get(team.path), 404, 'not_found')
      expectProblem(await client.get(`${team.path}/members`), 404, 'not_found')
    }
    expectProblem(await team.owner.api.delete(team.path), 404, 'not_found')
  })

  test('has no living invitation links', async () => {
    const team = await newOrganization()
    const { token } = await newInvitation(team)
    await team.owner.api.delete(team.path)

    expectProblem(await as(nobody).get(`/v1/invitations/${token}`), 404, 'not_found')
    expectProblem(await as(nobody).post(`/v1/invitations/${token}/accept`), 404, 'not_found')
    expectProblem(await as(nobody).post(`/v1/invitations/${token}/decline`), 404, 'not_found')
  })

  test('stands in no list once the directory has followed', async () => {
    const team = await newOrganization({ name: 'Soon gone' })
    await followed(team)
    expect((await team.owner.api.get('/v1/organizations')).body.data).toMatchObject([{ id: team.id }])

    await team.owner.api.delete(team.path)
    await followed(team)

    expect((await team.owner.api.get('/v1/organizations')).body.data).toEqual([])
    expect((await api.get('/v1/organizations?query=soon%20gone')).body.data).toEqual([])
  })

  test('keeps its slug, since it can be restored', async () => {
    const team = await newOrganization({ slug: 'kept-slug' })
    await team.owner.api.delete(team.path)
    expectProblem(await api.post('/v1/organizations', { name: 'Acme', slug: 'kept-slug' }), 409, 'slug_taken')
  })

  test('is as it was once the operator restores it', async () => {
    const team = await newOrganization()
    const { token } = await newInvitation(team)
    const before = (await team.owner.api.get(`${team.path}/roster`)).body
    await team.owner.api.delete(team.path)
    expectProblem(await team.owner.api.post(`${team.path}/restore`), 404, 'not_found')

    expect((await api.post(`${team.path}/restore`)).status).toBe(200)

    expect((await team.owner.api.get(`${team.path}/roster`)).body).toEqual(before)
    expect((await as(nobody).get(`/v1/invitations/${token}`)).status).toBe(200)
  })
})

test('only an owner or the operator deletes', async () => {
  const team = await newOrganization()
  const admin = await newMember(team, 'admin')
  const refused = await admin.api.delete(team.path)
  expectProblem(refused, 403, 'forbidden', { permission: 'organization:delete' })
  expect((await api.delete(team.path)).status).toBe(204)
})
