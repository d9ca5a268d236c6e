import { expect, test } from 'vitest'
import { as, bearer, operator } from '../support/api.ts'
import { followed, newInvitation, newMember, newOrganization, type Team } from '../support/api-builders.ts'
import { mailedTo } from '../support/sign-in.ts'
import { pageOf, submit, visit } from './site.ts'

/** A browser that has accepted an invitation by its link, signed out. */
async function joinedByLink(team: Team) {
  const invited = await newInvitation(team)
  const answer = await submit(`${pageOf(invited)}/accept`)
  const [, token = ''] = /__Host-muster_session=([^;]+)/.exec(answer.headers.get('Set-Cookie') ?? '') ?? []
  return { email: invited.email, token, headers: { Cookie: `__Host-muster_session=${token}` } }
}

test('a browser that came by a link sees its organization, and is asked for a code everywhere else', async () => {
  const [team, other] = [await newOrganization(), await newOrganization()]
  const { email, token, headers } = await joinedByLink(team)
  const { user_id } = (await as(bearer(token)).get('/v1/session')).body
  await as(operator).post(`${other.path}/members`, { user_id })
  await Promise.all([team, other].map(followed))

  const own = await visit(`/o/${team.slug}/members`, { headers })
  expect(own.status).toBe(200)
  expect(own.html).not.toContain(`/o/${other.slug}`)
  for (const path of ['/organizations', '/organizations/new', '/account', `/o/${other.slug}/members`, '/o/not-there']) {
    const page = await visit(path, { headers })
    expect([page.status, page.headers.get('Location')]).toEqual([
      303,
      `/sign-in?${new URLSearchParams({ next: path })}`,
    ])
  }
  const asked = await visit('/sign-in?next=/organizations', { headers })
  expect([asked.heading, asked.html.includes(email)]).toEqual(['Confirm that it is you', true])
})

test('an account with something to lose joins by the code that is mailed, and goes on to the invitation', async () => {
  const [team, other] = [await newOrganization(), await newOrganization()]
  const holder = await newMember(other)
  await followed(other)
  const invited = await newInvitation(team, { email: holder.email })

  const answer = await submit(`${pageOf(invited)}/accept`)
  expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/sign-in/code'])
  expect((await as(operator).get(invited.path)).body.status).toBe('pending')

  const { code, token } = await mailedTo(holder.email)
  expect((await visit(`/sign-in/link/${token}`)).text).toContain('and join Acme')
  const [, attempt = ''] = /(muster_sign_in=[^;]+)/.exec(answer.headers.get('Set-Cookie') ?? '') ?? []
  const joined = await submit('/sign-in/code', { headers: { Cookie: attempt }, body: { code } })
  expect([joined.status, joined.headers.get('Location')]).toEqual([303, pageOf(invited)])
  expect((await as(operator).get(invited.path)).body.status).toBe('accepted')
})

test('the link of a member who was removed says so', async () => {
  const team = await newOrganization({ name: 'Acme' })
  const invited = await newInvitation(team)
  await submit(`${pageOf(invited)}/accept`)
  const { member_id } = (await as(operator).get(invited.path)).body
  await as(operator).delete(`${team.path}/members/${member_id}`)
  const page = await visit(pageOf(invited))
  expect([page.status, page.heading]).toEqual([410, 'You no longer belong to Acme'])
})
