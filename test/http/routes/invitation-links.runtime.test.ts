import { describe, expect, test, vi } from 'vitest'
import { signInvitationLink } from '../../../src/accounts/invitation-link.ts'
import type { LinkKey } from '../../../src/accounts/signed-token.ts'
import { type Answer, as, expectInvalid, expectProblem, nobody, operator } from '../../support/api.ts'
import { followed, newInvitation, newMember, newOrganization, newUser, tokenOf } from '../../support/api-builders.ts'
import { someId } from '../../support/api-world.ts'

const DAY = 86_400_000
const link = as(nobody)

const view = (token: string) => link.get(`/v1/invitations/${token}`)
const accept = (token: string) => link.post(`/v1/invitations/${token}/accept`)
const decline = (token: string) => link.post(`/v1/invitations/${token}/decline`)

const userOf = async (email: string) =>
  (await as(operator).get(`/v1/users?email=${encodeURIComponent(email)}`)).body.data[0]

describe('looking at a link', () => {
  test('says who invites whom where as what, without a credential', async () => {
    const team = await newOrganization({ name: 'Acme Inc.' })
    const invited = { email: 'ida@x.test', name: 'Ida', role: 'admin', send_email: false }
    const { id, url, expires_at } = (await team.owner.api.post(`${team.path}/invitations`, invited)).body
    expect((await view(tokenOf({ url }))).body).toEqual({
      object: 'invitation_preview',
      id,
      organization: { id: team.id, name: 'Acme Inc.' },
      email: 'ida@x.test',
      name: 'Ida',
      role: { key: 'admin', name: 'Admin' },
      inviter: 'Ann Lee',
      status: 'pending',
      expires_at,
    })
  })

  test('changes nothing, however often', async () => {
    const team = await newOrganization()
    const { token, email } = await newInvitation(team)
    const before = (await team.owner.api.get(team.path)).headers.get('Muster-Revision')
    for (let time = 0; time < 5; time += 1) await view(token)
    expect((await team.owner.api.get(team.path)).headers.get('Muster-Revision')).toBe(before)
    expect(await userOf(email)).toBeUndefined()
  })
})

describe('accepting', () => {
  test('makes the account and the member, and verifies the address', async () => {
    const team = await newOrganization({ seat_limit: 2 })
    const { id, token, path } = await newInvitation(team, { email: 'new@x.test', name: 'New One', role: 'admin' })

    const accepted = await accept(token)

    expect(accepted.body).toMatchObject({
      object: 'accepted_invitation',
      member: { email: 'new@x.test', name: 'New One', role: 'admin', status: 'active', source: 'invitation' },
      organization: { id: team.id, name: 'Acme' },
    })
    const { member } = accepted.body
    expect(await userOf('new@x.test')).toMatchObject({ id: member.user_id, email_verified: true, name: 'New One' })
    expect((await team.owner.api.get(path)).body).toMatchObject({ status: 'accepted', member_id: member.id })
    expect((await team.owner.api.get(`${team.path}/seats`)).body).toMatchObject({ used: 2, active: 2, pending: 0 })
    const events = await team.owner.api.get(`${team.path}/events?target=${id}&type=invitation.accepted`)
    expect(events.body.data).toMatchObject([{ actor: { type: 'user', id: member.user_id } }])
  })

  test('takes the account that has the address, and verifies it', async () => {
    const team = await newOrganization()
    const user = await newUser('Known One')
    const { token } = await newInvitation(team, { email: user.email.toUpperCase(), name: 'Another Name' })

    expect((await accept(token)).body.member.user_id).toBe(user.id)

    expect(await userOf(user.email)).toMatchObject({ name: 'Known One', email_verified: true })
    expect((await user.api.get(team.path)).status).toBe(200)
    await followed(team)
    expect((await user.api.get('/v1/organizations')).body.data).toMatchObject([{ id: team.id }])
  })

  test('twice is as good as once', async () => {
    const team = await newOrganization()
    const { token } = await newInvitation(team)
    const { session: _, ...first } = (await accept(token)).body
    expect(await accept(token)).toMatchObject({ status: 200, body: first })
  })

  test('by many at once makes one member', async () => {
    const team = await newOrganization({ seat_limit: 2 })
    const { token } = await newInvitation(team)
    const answers = await Promise.all(Array.from({ length: 10 }, () => accept(token)))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(new Set(answers.map(({ body }) => body.member.id)).size).toBe(1)
    expect((await team.owner.api.get(`${team.path}/seats`)).body).toMatchObject({ used: 2, active: 2 })
  })

  test('works above a limit that was lowered meanwhile: the seat was promised', async () => {
    const team = await newOrganization({ seat_limit: 3 })
    const { token } = await newInvitation(team)
    await newMember(team)
    await as(operator).patch(team.path, { seat_limit: 1 })
    expect((await accept(token)).status).toBe(200)
  })

  test('by someone who has become a member meanwhile changes only the invitation', async () => {
    const team = await newOrganization()
    const user = await newUser()
    const { token, path } = await newInvitation(team, { email: user.email, role: 'admin' })
    await as(operator).post(`${team.path}/members`, { user_id: user.id })

    expectProblem(await accept(token), 409, 'invitation_not_pending')
    const signedIn = await user.api.post(`/v1/invitations/${token}/accept`)
    expect(signedIn.body.member).toMatchObject({ role: 'member', source: 'added' })

    expect((await team.owner.api.get(path)).body.status).toBe('accepted')
    expect((await team.owner.api.get(`${team.path}/seats`)).body).toMatchObject({ used: 2, pending: 0 })
  })
})

describe('declining', () => {
  test('frees the seat and makes no account', async () => {
    const team = await newOrganization()
    const { id, token, email } = await newInvitation(team)
    expect((await decline(token)).body).toEqual({ object: 'declined_invitation', id, status: 'declined' })
    expect((await decline(token)).status).toBe(200)
    expect((await team.owner.api.get(`${team.path}/seats`)).body).toMatchObject({ used: 1, pending: 0 })
    expect(await userOf(email)).toBeUndefined()
  })
})

describe('answering with an Idempotency-Key', () => {
  const key = { 'Idempotency-Key': 'once' }
  const acceptWith = (token: string, body: object, api = link) => api.post(`/v1/invitations/${token}/accept`, body, key)

  test('replays the member and never the session', async () => {
    const team = await newOrganization()
    const { token } = await newInvitation(team)
    const first = await acceptWith(token, { name: 'Cat Orr' })
    expect(first.headers.get('Idempotency-Replayed')).toBeNull()
    const { session, ...rest } = first.body
    expect(session.token).toMatch(/^mst_/)
    await as(operator).patch(`${team.path}/members/${rest.member.id}`, { role: 'admin' })

    const again = await acceptWith(token, { name: 'Cat Orr' })

    expect([again.status, again.headers.get('Idempotency-Replayed')]).toEqual([200, 'true'])
    expect(again.body).toEqual(rest)
    expect(again.headers.get('Muster-Revision')).toBe(first.headers.get('Muster-Revision'))
    expect((await accept(token)).body.member.role).toBe('admin')
  })

  test('starts one session, however many calls with the key arrive at once', async () => {
    const { token } = await newInvitation(await newOrganization())
    const answers = await Promise.all(Array.from({ length: 10 }, () => acceptWith(token, {})))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(answers.filter(({ body }) => body.session !== undefined)).toHaveLength(1)
  })

  test('refuses another body under the same key', async () => {
    const { token } = await newInvitation(await newOrganization())
    expect((await acceptWith(token, { name: 'Cat Orr' })).status).toBe(200)
    expectProblem(await acceptWith(token, { name: 'Dan Orr' }), 422, 'idempotency_key_reused')
  })

  test('keeps the answers of two people, and of two links, apart', async () => {
    const team = await newOrganization()
    const [one, two] = [await newInvitation(team), await newInvitation(team)]
    expect((await acceptWith(one.token, {})).body.member.email).toBe(one.email)
    expect((await acceptWith(two.token, { name: 'Dan Orr' })).body.member.email).toBe(two.email)
    const stranger = await newUser()
    expectProblem(await acceptWith(one.token, {}, stranger.api), 409, 'invitation_not_pending')
  })

  test('keeps nothing while a code is asked for', async () => {
    const [team, elsewhere] = [await newOrganization(), await newOrganization()]
    const member = await newMember(elsewhere)
    await followed(elsewhere)
    const { token } = await newInvitation(team, { email: member.email })
    for (const body of [{}, { name: 'Bob Fox' }]) {
      const asked = await acceptWith(token, body)
      expect([asked.status, asked.headers.get('Idempotency-Replayed')]).toEqual([202, null])
    }
  })

  test('replays a declined invitation', async () => {
    const { id, token } = await newInvitation(await newOrganization())
    const answers = []
    for (let call = 0; call < 2; call += 1)
      answers.push(await link.post(`/v1/invitations/${token}/decline`, undefined, key))
    expect(answers.map(({ headers }) => headers.get('Idempotency-Replayed'))).toEqual([null, 'true'])
    for (const { body } of answers) expect(body).toEqual({ object: 'declined_invitation', id, status: 'declined' })
  })

  test('takes one key only', async () => {
    const { token } = await newInvitation(await newOrganization())
    const two = { 'Idempotency-Key': 'one, two' }
    for (const verb of ['accept', 'decline']) {
      expectInvalid(await link.post(`/v1/invitations/${token}/${verb}`, undefined, two), 'Idempotency-Key')
    }
  })
})

/** What each state of an invitation makes of a link that was valid. */
describe.each([
  ['accepted', 'accepted', null, [409, 'invitation_not_pending']],
  ['declined', 'declined', [410, 'invitation_declined'], null],
  ['canceled', 'canceled', [410, 'invitation_canceled'], [410, 'invitation_canceled']],
  ['expired', 'expired', [410, 'invitation_expired'], [410, 'invitation_expired']],
] as const)('a link whose invitation is %s', (how, status, accepting, declining) => {
  async function settled() {
    const team = await newOrganization()
    const lifetime = how === 'expired' ? 300 : DAY
    const { token, path, email } = await newInvitation(team, {
      expires_at: new Date(Date.now() + lifetime).toISOString(),
    })
    if (how === 'accepted') await accept(token)
    if (how === 'declined') await decline(token)
    if (how === 'canceled') await team.owner.api.post(`${path}/cancel`)
    if (how === 'expired') await vi.waitFor(async () => expect((await view(token)).body.status).toBe('expired'))
    return { token, team, path, email }
  }

  const expectAnswer = (answer: Answer, refusal: readonly [number, string] | null) => {
    if (refusal === null) expect(answer.status).toBe(200)
    else expectProblem(answer, ...refusal)
  }

  test('still says what it was about, to the organization and to its holder', async () => {
    const { token, team, path } = await settled()
    expect((await view(token)).body).toMatchObject({ organization: { id: team.id }, status })
    expect((await team.owner.api.get(path)).body.status).toBe(status)
  })

  test('answers whoever accepts', async () => {
    expectAnswer(await accept((await settled()).token), accepting)
  })

  test('answers whoever declines', async () => {
    expectAnswer(await decline((await settled()).token), declining)
  })

  test('makes no account', async () => {
    const { token, email } = await settled()
    await accept(token)
    expect((await userOf(email)) === undefined).toBe(how !== 'accepted')
  })
})

describe('a link that was not signed here', () => {
  const K1: LinkKey = { id: 'k1', secret: '9f1c4e7ab2d80635e1fa47c9d3b826507c5e9a1f4d3b8e6027ac91f5d0e3b684' }

  async function expectNothing(token: string) {
    for (const answer of [await view(token), await accept(token), await decline(token)]) {
      expectProblem(answer, 404, 'not_found')
      expect(answer.body.detail).not.toContain('invitation')
    }
  }

  test.each([0, 1, 2, 3, 4])('is nothing when segment %i is another', async (segment) => {
    const team = await newOrganization()
    const [valid, other] = [await newInvitation(team), await newInvitation(await newOrganization())]
    const [parts, others] = [valid.token.split('.'), other.token.split('.')]
    const wrong = ['k2', others[1], others[2], '2', others[4]][segment] ?? ''
    await expectNothing(parts.with(segment, wrong).join('.'))
    expect((await view(valid.token)).body.status).toBe('pending')
  })

  test('is nothing when any one character of its signature is another', async () => {
    const { token } = await newInvitation(await newOrganization())
    const start = token.lastIndexOf('.') + 1
    for (const at of [start, start + 20, token.length - 2]) {
      const other = token[at] === 'A' ? 'B' : 'A'
      expectProblem(await view(token.slice(0, at) + other + token.slice(at + 1)), 404, 'not_found')
    }
  })

  test.each(['', '.', 'nonsense', 'k1....', '%00', '..%2f..', `k1.${'a'.repeat(5000)}`])(
    'is nothing as %o',
    async (token) => {
      expectProblem(await view(`x${token}`), 404, 'not_found')
      expectProblem(await accept(`x${token}`), 404, 'not_found')
    },
  )

  test('is nothing when another key has signed it, under any name', async () => {
    const team = await newOrganization()
    const { id: invitationId } = await newInvitation(team)
    const claim = { organizationId: team.id, invitationId, sendNumber: 1 }
    const secret = 'ffffffffffffffffffffffffffffffff'
    await expectNothing(signInvitationLink(claim, [{ id: 'k1', secret }]))
    await expectNothing(signInvitationLink(claim, [{ ...K1, id: 'k2' }]))
  })

  test('is nothing when it is validly signed for what does not exist', async () => {
    const team = await newOrganization()
    const unknown = { organizationId: someId('org'), invitationId: someId('inv'), sendNumber: 1 }
    await expectNothing(signInvitationLink(unknown, [K1]))
    await expectNothing(signInvitationLink({ ...unknown, organizationId: team.id }, [K1]))
  })
})
