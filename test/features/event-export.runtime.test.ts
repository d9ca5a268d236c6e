import Papa from 'papaparse'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { firstBroken } from '../../docs/verify-export.mjs'
import { type Answer, as, expectInvalid, expectProblem, operator } from '../support/api.ts'
import { newInvitation, newMember, newOrganization, type Team } from '../support/api-builders.ts'
import { everythingOf, tamper } from './storage.ts'

/* The whole log as a file, and the proof that it is whole: recomputed here from the file alone. */

const FORMULAS = ['=HYPERLINK("https://evil.test","click")', '+1', '-1', '@SUM(A1:A9)', '=cmd|"/c calc"!A1']

/** More than 2,000 entries, some about people whose names are meant for a spreadsheet. */
let team: Team
let count: number
beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  team = await newOrganization({ name: '=1+1' })
  for (const name of FORMULAS) {
    const bob = await newMember(team)
    await team.owner.api.patch(`${team.path}/members/${bob.memberId}`, { profile: { name } })
    await newInvitation(team, { name })
  }
  await team.owner.api.patch(team.path, {
    name: 'Müller 李 👩‍🚀 \u2028 "quoted", and\\so on',
    upgrade_url: 'https://x.test/é',
  })
  await team.owner.api.post(`${team.path}/roles`, { key: 'empty', name: '-', permissions: [] })
  for (let part = 0; part < 4; part += 1) {
    const emails = Array.from({ length: 500 }, (_, index) => `${part}-${index}@x.test`)
    await team.owner.api.post(`${team.path}/invitations/bulk`, { emails })
  }
  count = (await everythingOf(team)).events.length
})

const exported = (format = ''): Promise<Answer> => team.owner.api.get(`${team.path}/events/export${format}`)

describe('as NDJSON', () => {
  const allLinesOf = ({ text }: Answer) => text.trimEnd().split('\n')
  const linesOf = (answer: Answer) => allLinesOf(answer).filter((line) => line.startsWith('{"object":"event"'))

  test('it has every entry, far beyond one stretch, each once and in its order', async () => {
    const answer = await exported()
    const seqs = linesOf(answer).map((line) => JSON.parse(line).seq)
    expect(count).toBeGreaterThan(2_000)
    expect(seqs).toEqual(Array.from({ length: count }, (_, index) => index + 1))
    expect(answer.headers.get('Content-Type')).toBe('application/x-ndjson')
    expect(answer.headers.get('Content-Disposition')).toBe('attachment; filename="events.ndjson"')
  })

  test('its hashes are recomputed from the file alone', async () => {
    expect(firstBroken(allLinesOf(await exported('?format=ndjson')))).toBeNull()
  })

  test('a file that was changed gives itself away', async () => {
    const lines = allLinesOf(await exported())
    const changed = lines.with(1_500, (lines[1_500] ?? '').replace('@x.test', '@y.test'))
    expect(firstBroken(changed)).toBe(1_501)
    expect(firstBroken(lines.toSpliced(1_500, 1))).toBe(1_501)
  })

  test('each line is an event as the list shows it', async () => {
    const listed = await team.owner.api.get(`${team.path}/events?after_seq=0&limit=100`)
    expect(
      linesOf(await exported())
        .slice(0, 100)
        .map((line) => JSON.parse(line)),
    ).toEqual(listed.body.data)
  })

  test.each([999, 1_000, 1_001])('it is whole at a length of %i', async (length) => {
    const acme = await newOrganization()
    for (let left = length - 2; left > 0; left -= 500) {
      const emails = Array.from({ length: Math.min(left, 500) }, (_, index) => `${left}-${index}@x.test`)
      await acme.owner.api.post(`${acme.path}/invitations/bulk`, { emails })
    }
    const lines = linesOf(await acme.owner.api.get(`${acme.path}/events/export`))
    expect(lines).toHaveLength(length)
    expect(firstBroken(lines)).toBeNull()
  })
})

describe('as CSV', () => {
  const HEADER = 'seq,id,type,occurred_at,actor_type,actor_id,via_type,via_id,target_type,target_id,data,hash'

  test('it has every entry under its header, each once and in its order', async () => {
    const answer = await exported('?format=csv')
    const { data, errors } = Papa.parse<Record<string, string>>(answer.text, { header: true, skipEmptyLines: true })
    expect(answer.text.startsWith(`${HEADER}\r\n`)).toBe(true)
    expect(errors).toEqual([])
    expect(data.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: count }, (_, index) => index + 1))
    expect(answer.headers.get('Content-Disposition')).toBe('attachment; filename="events.csv"')
  })

  test('it says the same as NDJSON', async () => {
    const { text } = await exported('?format=csv')
    const { data } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true })
    const lines = (await exported()).text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ object }) => object === 'event')
    const same = lines.map(({ seq, id, type, occurred_at, actor, via, target, data: what, hash }) => ({
      ...{ seq: String(seq), id, type, occurred_at, actor_type: actor.type, actor_id: actor.id ?? '' },
      ...{ via_type: via?.type ?? '', via_id: via?.id ?? '' },
      ...{ target_type: target.type, target_id: target.id, data: JSON.stringify(what), hash },
    }))
    expect(data).toEqual(same)
  })

  test('no cell is a formula to a spreadsheet', async () => {
    const { text } = await exported('?format=csv')
    const cells = Papa.parse<string[]>(text).data.flat()
    expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([])
    for (const name of FORMULAS) expect(text).toContain(JSON.stringify(name).slice(1, -1).replaceAll('"', '""'))
  })

  test.each([...FORMULAS, '\t=1', '\r=1'])('a cell that would be one is made text: %j', async (formula) => {
    const acme = await newOrganization()
    await tamper(acme, 'update events set target_id = ?', formula)
    const { text } = await acme.owner.api.get(`${acme.path}/events/export?format=csv`)
    const { data } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true })
    expect(data.map(({ target_id }) => target_id)).toEqual([`'${formula}`, `'${formula}`])
  })
})

test('it is for those alone who may read the log, in a format that there is', async () => {
  const bob = await newMember(team)
  const answer = await bob.api.get(`${team.path}/events/export`)
  expectProblem(answer, 403, 'forbidden', { permission: 'audit_log:read' })
  expectInvalid(await as(operator).get(`${team.path}/events/export?format=xml`), 'format')
})
