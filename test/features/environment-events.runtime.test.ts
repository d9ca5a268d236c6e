import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { findOrCreateVerifiedUser } from '../../src/accounts/users.ts'
import { DEFAULT_SETTINGS } from '../../src/contract/settings.ts'
import { type Answer, as, expectInvalid, operator } from '../support/api.ts'
import { created, newInvitation, newOrganization, newUser } from '../support/api-builders.ts'

/* What happened outside of any one organization: who changed what, without what it says about people. */

const api = as(operator)
const OPERATOR = { type: 'operator', id: null }

const list = (search = ''): Promise<Answer> => api.get(`/v1/events?limit=100&${search}`)
let start = 0
/** What was written since the test began. */
const news = async (search = '') => (await list(`after_seq=${start}&${search}`)).body.data

beforeEach(async () => {
  const { object: _, ...defaults } = DEFAULT_SETTINGS
  await api.patch('/v1/settings', defaults)
  start = (await list()).body.data[0]?.seq ?? 0
})

describe('settings', () => {
  const change = (fields: object) => api.patch('/v1/settings', fields)

  test('are told with what they were and what they are', async () => {
    const label = { singular: 'Team', plural: 'Teams' }
    await change({ invitation_expiry_days: 30, default_seat_limit: 5, organization_label: label })
    await change({ default_seat_limit: null, organization_label: { ...label, plural: 'Crews' } })

    expect(await news()).toEqual([
      {
        object: 'event',
        id: expect.stringMatching(/^evt_/),
        seq: expect.any(Number),
        type: 'settings.updated',
        occurred_at: expect.stringMatching(/Z$/),
        actor: OPERATOR,
        via: null,
        target: { type: 'settings', id: 'settings' },
        data: {
          invitation_expiry_days: { from: 15, to: 30 },
          default_seat_limit: { from: null, to: 5 },
          organization_label: { from: DEFAULT_SETTINGS.organization_label, to: label },
        },
      },
      expect.objectContaining({
        data: {
          default_seat_limit: { from: 5, to: null },
          organization_label: { from: label, to: { singular: 'Team', plural: 'Crews' } },
        },
      }),
    ])
  })

  test('are told only when something is different', async () => {
    await change({})
    await change({
      sign_up_enabled: true,
      default_seat_limit: null,
      organization_label: DEFAULT_SETTINGS.organization_label,
    })
    expectInvalid(await change({ sign_up_enabled: false, invitation_expiry_days: 0 }), 'invitation_expiry_days')
    expect(await news()).toEqual([])
    await change({ sign_up_enabled: false, invitation_expiry_days: 15 })
    expect(await news()).toMatchObject([{ data: { sign_up_enabled: { from: true, to: false } } }])
  })

  test('changed at the same time make a chain: each begins where the one before it ended', async () => {
    await Promise.all([3, 4, 5, 6, 7, 8].map((days) => change({ invitation_expiry_days: days })))
    const steps = (await news()).map((event: Answer['body']) => event.data.invitation_expiry_days)
    expect(steps).toHaveLength(6)
    expect(steps.map(({ from }: { from: number }) => from)).toEqual([
      15,
      ...steps.slice(0, -1).map(({ to }: { to: number }) => to),
    ])
  })
})

test('user attributes are told from their definition to their end, once each', async () => {
  const definition = { key: 'plan', label: 'Plan', type: 'enum', options: ['free', 'pro'] }
  const define = () => api.post('/v1/user-attributes', definition)
  await Promise.all([define(), define(), define()])
  await api.patch('/v1/user-attributes/plan', { label: 'Plan', options: ['free', 'max'], required: true })
  await api.patch('/v1/user-attributes/plan', { label: 'Plan', options: ['free', 'max'] })
  await api.delete('/v1/user-attributes/plan')
  await api.delete('/v1/user-attributes/plan')
  await api.patch('/v1/user-attributes/plan', { label: 'None' })

  const events = await news()
  for (const event of events)
    expect(event).toMatchObject({ actor: OPERATOR, target: { type: 'user_attribute', id: 'plan' } })
  expect(events.map(({ type, data }: Answer['body']) => [type, data])).toEqual([
    [
      'user_attribute.created',
      { label: 'Plan', type: 'enum', options: ['free', 'pro'], required: false, user_editable: false },
    ],
    [
      'user_attribute.updated',
      { options: { from: ['free', 'pro'], to: ['free', 'max'] }, required: { from: false, to: true } },
    ],
    ['user_attribute.deleted', {}],
  ])
})

describe('people', () => {
  test('are told when they come, by whom, however many ask for the same address', async () => {
    const { id } = await newUser('Ann')
    await Promise.all([1, 2, 3].map(() => api.post('/v1/users', { email: 'once@x.test' })))
    await Promise.all([1, 2, 3].map(() => findOrCreateVerifiedUser(env.ACCOUNTS, 'proven@x.test', 'Pro Ven')))
    const [ann, once, proven, ...more] = await news()

    expect(ann).toMatchObject({ type: 'user.created', actor: OPERATOR, target: { type: 'user', id }, data: {} })
    expect(once).toMatchObject({ type: 'user.created', actor: OPERATOR })
    expect(proven).toMatchObject({ type: 'user.created', actor: { type: 'user', id: proven.target.id } })
    expect(more).toEqual([])
  })

  test('are told when an invitation or the operator brings them into an organization', async () => {
    const team = await newOrganization()
    const { token } = await newInvitation(team)
    created(await api.post(`${team.path}/members`, { email: 'added@x.test' }))
    await as({}).post(`/v1/invitations/${token}/accept`)
    const events = await news('type=user.created')
    expect(events.slice(1).map(({ actor }: Answer['body']) => actor.type)).toEqual(['operator', 'user'])
  })

  test('are told with the names of the fields that changed, by whom, and never with what they say', async () => {
    await api.post('/v1/user-attributes', { key: 'secret', label: 'Secret', type: 'string', user_editable: true })
    const ann = await newUser('Ann')
    await api.patch(`/v1/users/${ann.id}`, { name: 'Qxz Lee', email_verified: true, attributes: { secret: 'Qxz' } })
    await ann.api.patch('/v1/users/me', { name: 'Qxz Lee', attributes: { secret: 'Qxz Qxz' } })
    await ann.api.patch('/v1/users/me', { name: 'Qxz Lee', attributes: { secret: 'Qxz Qxz' } })
    await api.patch(`/v1/users/${ann.id}`, { attributes: { secret: null } })
    await api.patch(`/v1/users/${ann.id}`, { attributes: { secret: null } })

    const events = await news('type=user.updated')
    expect(events.map(({ actor, data }: Answer['body']) => [actor, data.fields.toSorted()])).toEqual([
      [OPERATOR, ['attributes.secret', 'email_verified', 'name']],
      [{ type: 'user', id: ann.id }, ['attributes.secret']],
      [OPERATOR, ['attributes.secret']],
    ])
    expect((await list()).text).not.toContain('Qxz')
  })

  test('keep their revision where nothing changes, and get the next one with each change', async () => {
    const revisionOf = (id: string) =>
      env.ACCOUNTS.prepare('select revision from users where id = ?').bind(id).first('revision')
    const ann = await newUser('Ann')
    await ann.api.patch('/v1/users/me', { name: 'Ann' })
    await ann.api.patch('/v1/users/me', {})
    expect(await revisionOf(ann.id)).toBe(1)
    await ann.api.patch('/v1/users/me', { name: 'Bea' })
    await ann.api.patch('/v1/users/me', { name: null })
    expect(await revisionOf(ann.id)).toBe(3)
  })
})

describe('the list', () => {
  test('is newest first, or ascending from a number, page by page', async () => {
    const people = [await newUser(), await newUser(), await newUser()]
    const targets = (answer: Answer) => answer.body.data.map(({ target }: Answer['body']) => target.id)
    const ids = people.map(({ id }) => id)
    expect(targets(await api.get('/v1/events?limit=3'))).toEqual(ids.toReversed())
    const first = await api.get(`/v1/events?limit=2&after_seq=${start}`)
    const second = await api.get(`/v1/events?limit=2&after_seq=${start}&cursor=${first.body.next_cursor}`)
    expect([...targets(first), ...targets(second)]).toEqual(ids)
    expectInvalid(await api.get(`/v1/events?cursor=${first.body.next_cursor}`), 'cursor')
  })

  test('is filtered by type, actor, target and time', async () => {
    const ann = await newUser('Ann')
    await ann.api.patch('/v1/users/me', { name: 'Bea' })
    await api.patch('/v1/settings', { invitation_expiry_days: 3 })
    const typesOf = async (search: string) => (await news(search)).map(({ type }: Answer['body']) => type)

    expect(await typesOf('type=user.updated,settings.updated')).toEqual(['user.updated', 'settings.updated'])
    expect(await typesOf(`actor=${ann.id}`)).toEqual(['user.updated'])
    expect(await typesOf(`target=${ann.id}`)).toEqual(['user.created', 'user.updated'])
    expect(await typesOf('target=settings')).toEqual(['settings.updated'])
    const [{ occurred_at: then }] = await news('type=settings.updated')
    expect(await typesOf(`from=${then}&target=settings`)).toEqual(['settings.updated'])
    expect(await typesOf(`to=${then}&target=settings`)).toEqual([])
    expectInvalid(await list('type=member.added'), 'type.0')
  })
})
