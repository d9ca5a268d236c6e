import { beforeAll, describe, expect, test } from 'vitest'
import { type Answer, as, expectInvalid, nobody, operator } from '../../support/api.ts'
import {
  type Invited,
  type Member,
  newInvitation,
  newMember,
  newOrganization,
  type Team,
} from '../../support/api-builders.ts'

let team: Team
let member: Member
let invitation: Invited
beforeAll(async () => {
  team = await newOrganization()
  member = await newMember(team)
  invitation = await newInvitation(team, { email: 'ida@x.test' })
  await as(nobody).post(`/v1/invitations/${invitation.token}/accept`)
  await team.owner.api.patch(team.path, { name: 'Renamed' })
  await team.owner.api.delete(`${team.path}/members/${member.memberId}`)
})

const ALL = [
  'organization.created',
  'member.added',
  'member.added',
  'invitation.created',
  'invitation.accepted',
  'member.added',
  'organization.updated',
  'member.removed',
]

const list = (search: string): Promise<Answer> => team.owner.api.get(`${team.path}/events?${search}`)
const typesIn = ({ body }: Answer): string[] => body.data.map(({ type }: { type: string }) => type)
const seqsIn = ({ body }: Answer): number[] => body.data.map(({ seq }: { seq: number }) => seq)

describe('the log', () => {
  test('has every change once, numbered from 1 without a gap, newest first', async () => {
    const log = await list('limit=100')
    expect(seqsIn(log)).toEqual([8, 7, 6, 5, 4, 3, 2, 1])
    expect(typesIn(log)).toEqual(ALL.toReversed())
  })

  test('is followed upward from a number', async () => {
    const log = await list('after_seq=0&limit=100')
    expect(typesIn(log)).toEqual(ALL)
    expect(seqsIn(await list('after_seq=6'))).toEqual([7, 8])
    expect(seqsIn(await list('after_seq=8'))).toEqual([])
    expect(seqsIn(await list('after_seq=999999999999999'))).toEqual([])
  })

  test('is followed page by page without a gap', async () => {
    const first = await list('after_seq=2&limit=3')
    const second = await list(`after_seq=2&limit=3&cursor=${first.body.next_cursor}`)
    expect([...seqsIn(first), ...seqsIn(second)]).toEqual([3, 4, 5, 6, 7, 8])
    expect(second.body.next_cursor).toBeNull()
  })

  test('says who did what to whom', async () => {
    const [created] = (await list('type=invitation.created')).body.data
    expect(created).toMatchObject({
      object: 'event',
      organization_id: team.id,
      seq: 4,
      actor: { type: 'operator', id: null },
      target: { type: 'invitation', id: invitation.id },
      data: { email: 'ida@x.test', role: 'member' },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  test('is filtered by type, actor, target and time', async () => {
    expect(seqsIn(await list('type=member.added,member.removed'))).toEqual([8, 6, 3, 2])
    expect(seqsIn(await list(`actor=${team.owner.id}`))).toEqual([8, 7])
    expect(seqsIn(await list(`target=${member.memberId}`))).toEqual([8, 3])
    expect(seqsIn(await list(`target=${member.memberId}&type=member.removed`))).toEqual([8])
    expect(seqsIn(await list('actor=nobody'))).toEqual([])
  })

  test('is filtered by a span of time that has its beginning and not its end', async () => {
    const { data } = (await list('after_seq=0&limit=100')).body
    const at = data[7].occurred_at
    const same = data.filter(({ occurred_at }: { occurred_at: string }) => occurred_at === at).length
    expect(seqsIn(await list(`from=${at}`))).toHaveLength(same)
    expect(seqsIn(await list(`to=${at}&limit=100`))).toHaveLength(ALL.length - same)
    const elsewhere = encodeURIComponent(at.replace('Z', '+00:00'))
    expect(seqsIn(await list(`from=${elsewhere}`))).toHaveLength(same)
  })

  test.each([
    ['type=nonsense', 'type.0'],
    ['after_seq=-1', 'after_seq'],
    ['after_seq=x', 'after_seq'],
    ['after_seq=', 'after_seq'],
    ['from=yesterday', 'from'],
    ['to=2030-01-01', 'to'],
    ['actor=', 'actor'],
    [`target=${'a'.repeat(101)}`, 'target'],
  ])('refuses %s', async (search, path) => {
    expectInvalid(await list(search), path)
  })

  test('holds together, from the first entry to the last', async () => {
    expect((await team.owner.api.get(`${team.path}/events/verify`)).body).toEqual({
      object: 'verification',
      valid: true,
      compared_with_directory: true,
      verified_up_to: 8,
      head_seq: 8,
      next_cursor: null,
      first_broken_seq: null,
    })
  })

  test('is of this organization only', async () => {
    const other = await newOrganization()
    const { body } = await other.owner.api.get(`${other.path}/events`)
    expect(body.data.every(({ organization_id }: { organization_id: string }) => organization_id === other.id)).toBe(
      true,
    )
    expect(body.data).toHaveLength(2)
  })
})

describe('the export', () => {
  const get = (format: string) => team.owner.api.get(`${team.path}/events/export?format=${format}`)

  test('as lines of JSON is the log, in its order', async () => {
    const exported = await get('ndjson')
    const log = await list('after_seq=0&limit=100')
    expect(exported.headers.get('Content-Type')).toBe('application/x-ndjson')
    expect(
      exported.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ object }) => object === 'event'),
    ).toEqual(log.body.data)
  })

  test('as CSV has one line per entry and a header', async () => {
    const exported = await get('csv')
    const lines = exported.text.trimEnd().split('\r\n')
    expect(exported.headers.get('Content-Disposition')).toBe('attachment; filename="events.csv"')
    expect(lines[0]).toBe('seq,id,type,occurred_at,actor_type,actor_id,via_type,via_id,target_type,target_id,data,hash')
    expect(lines.slice(1).map((line) => line.split(',')[2])).toEqual(ALL)
  })

  test('has no other format', async () => {
    expectInvalid(await get('xml'), 'format')
  })
})

test('what a person did is told to those who read the log, and to themselves', async () => {
  const path = `${team.path}/members/${team.owner.memberId}/activity`
  const { body } = await as(operator).get(path)
  expect(body).toMatchObject({ object: 'activity', member_id: team.owner.memberId, last_sign_in_at: null })
  expect(body.events.data.map(({ type }: { type: string }) => type)).toEqual(['member.removed', 'organization.updated'])

  const plain = await newMember(team)
  expect((await plain.api.get(`${team.path}/members/${plain.memberId}/activity`)).body.events.data).toEqual([])
  expect((await plain.api.get(path)).status).toBe(403)
})
