import { describe, expect, test } from 'vitest'
import { as, expectInvalid, expectProblem, idsOf, nobody, operator } from '../../support/api.ts'
import { created, newInvitation, newMember, newOrganization, reseam, tokenOf } from '../../support/api-builders.ts'
import { newApiKey } from '../../support/api-world.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString()

describe('an invitation', () => {
  test('is pending, holds a seat, and says who invited whom as what', async () => {
    const team = await newOrganization({ seat_limit: 5 })
    const invited = await team.owner.api.post(`${team.path}/invitations`, { email: ' Ida@X.test ', name: 'Ida Orr' })

    const invitation = created(invited)
    expect(invitation).toMatchObject({
      object: 'invitation',
      organization_id: team.id,
      email: 'ida@x.test',
      name: 'Ida Orr',
      role: 'member',
      status: 'pending',
      send_count: 1,
      delivery: 'queued',
      invited_by: { type: 'user', id: team.owner.id },
      accepted_at: null,
      member_id: null,
    })
    expect(Date.parse(invitation.expires_at) - Date.parse(invitation.created_at)).toBe(15 * DAY)
    expect((await team.owner.api.get(`${team.path}/seats`)).body).toMatchObject({ used: 2, active: 1, pending: 1 })
  })

  test('may have a lifetime of its own, of at most 90 days', async () => {
    const team = await newOrganization()
    const until = (expires_at: string) =>
      team.owner.api.post(`${team.path}/invitations`, { email: 'a@x.test', expires_at })
    for (const wrong of [inDays(-1), inDays(91), new Date(0).toISOString()]) {
      expectInvalid(await until(wrong), 'expires_at')
    }
    for (const wrong of ['tomorrow', '2030-01-01', '2030-02-30T00:00:00Z', '2030-01-01T00:00:00']) {
      expectInvalid(await until(wrong), 'expires_at')
    }
    const wanted = inDays(89)
    expect(created(await until(wanted)).expires_at).toBe(wanted)
  })

  test('is the only open one of its address, in whatever spelling', async () => {
    const team = await newOrganization()
    const { id } = await newInvitation(team, { email: 'one@x.test' })
    const again = await team.owner.api.post(`${team.path}/invitations`, { email: 'ONE@X.TEST' })
    expectProblem(again, 409, 'already_invited', { invitation_id: id })
  })

  test('is not for who belongs already', async () => {
    const team = await newOrganization()
    const again = await team.owner.api.post(`${team.path}/invitations`, { email: team.owner.email })
    expectProblem(again, 409, 'already_member', { member_id: team.owner.memberId })
  })

  test('gives no role that its sender may not give', async () => {
    const team = await newOrganization()
    const admin = await newMember(team, 'admin')
    const invite = (role: string) => admin.api.post(`${team.path}/invitations`, { email: `${role}@x.test`, role })
    expect((await invite('member')).status).toBe(201)
    expectProblem(await invite('admin'), 403, 'forbidden', { permission: 'admins:manage' })
    expectProblem(await invite('owner'), 403, 'forbidden', { permission: 'owners:manage' })
    expectInvalid(await invite('nonsense'), 'role')
  })

  test('of another organization is not found', async () => {
    const [team, other] = [await newOrganization(), await newOrganization()]
    const { id } = await newInvitation(other)
    expectProblem(await team.owner.api.get(`${team.path}/invitations/${id}`), 404, 'not_found')
    expectProblem(await team.owner.api.post(`${team.path}/invitations/${id}/resend`), 404, 'not_found')
    expectProblem(await team.owner.api.post(`${team.path}/invitations/${id}/cancel`), 404, 'not_found')
  })
})

describe('the link of an invitation', () => {
  test('is shown to the operator', async () => {
    const { path } = await newOrganization()
    const { url } = created(await as(operator).post(`${path}/invitations`, { email: 'a@x.test' }))
    expect(url).toMatch(/^https:\/\/muster\.test\/invitations\/k1\.org_/)
  })

  test('is shown to who asks for no mail and hands it over', async () => {
    const team = await newOrganization()
    const { api: key } = await newApiKey(team)
    for (const [index, client] of [team.owner.api, key].entries()) {
      const body = { email: `no-mail-${index}@x.test`, send_email: false }
      const invitation = created(await client.post(`${team.path}/invitations`, body))
      expect(invitation).toMatchObject({ delivery: 'none', url: expect.stringContaining('/invitations/k1.') })
    }
  })

  test('is not shown again once a mail has carried it on, not even in a repeated answer', async () => {
    const team = await newOrganization()
    const once = { 'Idempotency-Key': 'no-mail' }
    const body = { email: 'later-mailed@x.test', send_email: false }
    const invite = () => team.owner.api.post(`${team.path}/invitations`, body, once)
    const { id, url } = created<{ id: string; url?: string }>(await invite())
    await reseam(team, { clock: () => Date.now() + 2 * MINUTE })
    const resent = await team.owner.api.post(`${team.path}/invitations/${id}/resend`)
    expect([resent.status, resent.body.url]).toEqual([200, undefined])
    expect((await invite()).body.url).toBe(url)
    expectProblem(await as(nobody).get(`/v1/invitations/${tokenOf({ url })}`), 410, 'invitation_link_superseded')
  })

  test('is shown to nobody else, and in no other answer', async () => {
    const team = await newOrganization()
    const invited = await team.owner.api.post(`${team.path}/invitations`, { email: 'mailed@x.test' })
    const { path } = await newInvitation(team)
    const answers = [
      invited,
      await team.owner.api.get(path),
      await team.owner.api.get(`${team.path}/invitations`),
      await as(operator).get(`${team.path}/invitations`),
      await team.owner.api.get(`${team.path}/roster`),
      await team.owner.api.get(`${team.path}/events`),
      await team.owner.api.post(`${path}/cancel`),
    ]
    for (const { text } of answers) expect(text).not.toMatch(/"url"|k1\./)
  })
})

describe('resending', () => {
  test('makes a new link of full lifetime, and the one before stops working', async () => {
    const team = await newOrganization()
    const { path, token } = await newInvitation(team, { expires_at: inDays(1) })
    const later = Date.now() + 2 * MINUTE
    await reseam(team, { clock: () => later })

    const resent = await as(operator).post(`${path}/resend`)

    expect(resent.body).toMatchObject({ status: 'pending', send_count: 2, delivery: 'queued' })
    expect(Date.parse(resent.body.expires_at)).toBe(later + 15 * DAY)
    expectProblem(await as(nobody).get(`/v1/invitations/${token}`), 410, 'invitation_link_superseded')
    expectProblem(await as(nobody).post(`/v1/invitations/${token}/accept`), 410, 'invitation_link_superseded')
    expect((await as(nobody).get(`/v1/invitations/${tokenOf(resent.body)}`)).status).toBe(200)
  })

  test('shows the new link to the operator alone', async () => {
    const team = await newOrganization()
    const { path } = await newInvitation(team)
    await reseam(team, { clock: () => Date.now() + 2 * MINUTE })
    const resent = await team.owner.api.post(`${path}/resend`)
    expect(resent.status).toBe(200)
    expect(resent.text).not.toContain('"url"')
  })

  test('happens at most once a minute', async () => {
    const team = await newOrganization()
    const { path } = await newInvitation(team)
    const refused = await team.owner.api.post(`${path}/resend`)
    expectProblem(refused, 429, 'resend_too_soon', { retry_after: expect.any(Number) })
    expect(refused.body.retry_after).toBeGreaterThan(0)
    expect(refused.body.retry_after).toBeLessThanOrEqual(60)
  })

  test('revives an expired invitation while there is a seat', async () => {
    const team = await newOrganization({ seat_limit: 2 })
    const { path } = await newInvitation(team, { expires_at: inDays(1) })
    const later = Date.now() + 2 * DAY
    await reseam(team, { clock: () => later })
    await newInvitation(team, { email: 'quick@x.test' })
    expectProblem(await team.owner.api.post(`${path}/resend`), 409, 'seat_limit_reached')

    await as(operator).patch(team.path, { seat_limit: 3 })

    expect((await team.owner.api.post(`${path}/resend`)).body).toMatchObject({ status: 'pending' })
  })

  test('is refused once the invitation is settled', async () => {
    const team = await newOrganization()
    const { path } = await newInvitation(team)
    await team.owner.api.post(`${path}/cancel`)
    const refused = await team.owner.api.post(`${path}/resend`)
    expectProblem(refused, 409, 'invitation_not_pending', { invitation_status: 'canceled' })
  })
})

describe('canceling', () => {
  test('frees the seat, kills the link, and does nothing the second time', async () => {
    const team = await newOrganization()
    const { path, token } = await newInvitation(team)
    const first = await team.owner.api.post(`${path}/cancel`)
    const second = await team.owner.api.post(`${path}/cancel`)

    expect(first.body.status).toBe('canceled')
    expect(second.body).toEqual(first.body)
    expect(second.headers.get('Muster-Revision')).toBe(first.headers.get('Muster-Revision'))
    expect((await team.owner.api.get(`${team.path}/seats`)).body.pending).toBe(0)
    expectProblem(await as(nobody).post(`/v1/invitations/${token}/accept`), 410, 'invitation_canceled')
  })

  test('is for who may manage the role that was offered', async () => {
    const team = await newOrganization()
    const admin = await newMember(team, 'admin')
    const { path } = await newInvitation(team, { role: 'admin' })
    expectProblem(await admin.api.post(`${path}/cancel`), 403, 'forbidden', { permission: 'admins:manage' })
    expectProblem(await admin.api.post(`${path}/resend`), 403, 'forbidden', { permission: 'admins:manage' })
  })
})

test('the list tells expired from pending by the clock, before any sweep', async () => {
  const team = await newOrganization()
  const [short, long] = [
    await newInvitation(team, { expires_at: inDays(1) }),
    await newInvitation(team, { expires_at: inDays(9) }),
  ]
  await reseam(team, { clock: () => Date.now() + 2 * DAY })
  const list = (status: string) => team.owner.api.get(`${team.path}/invitations?status=${status}`)
  expect(idsOf(await list('expired'))).toEqual([short.id])
  expect(idsOf(await list('pending'))).toEqual([long.id])
  expect(idsOf(await list('pending,expired'))).toHaveLength(2)
})
