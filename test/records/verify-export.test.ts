import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { firstBroken } from '../../docs/verify-export.mjs'
import type { OrganizationEvent } from '../../src/membership/event.ts'
import { CHAIN_START, chainHash, personalHash, shownEvent } from '../../src/records/event-chain.ts'

/* The verifier that the documentation ships, against exports as Muster writes them and as a forger would. */

const SALT = 'a2f0c1d9e4b87365a2f0c1d9e4b87365'

/** Four entries about Bob: invited, accepted, renamed, and last what was erased of him. */
function log(erased: readonly number[] = []): string[] {
  let previous = CHAIN_START
  const seal = (seq: number, type: OrganizationEvent['type'], data: OrganizationEvent['data'], fields: string[]) => {
    const values = Object.fromEntries(Object.entries(data).filter(([field]) => fields.includes(field)))
    const personal = fields.length === 0 ? null : { fields, salt: SALT, sha256: personalHash(SALT, values) }
    const place = { id: `evt_${seq}`, organizationId: 'org_1', seq, occurredAt: seq }
    const who = { actor: { type: 'operator', id: null }, target: { type: 'invitation', id: 'inv_1' } } as const
    const event = { ...place, ...who, type, data, personal }
    previous = chainHash(previous, event)
    const shown = shownEvent({ ...event, hash: previous })
    if (!erased.includes(seq)) return JSON.stringify(shown)
    const rest = Object.fromEntries(Object.entries(data).filter(([field]) => !fields.includes(field)))
    return JSON.stringify({
      ...shown,
      data: rest,
      personal: { ...shown.personal, fields: [], salt: null },
      redacted: true,
    })
  }
  return [
    seal(1, 'invitation.created', { email: 'bob@x.test', name: 'Bob', role: 'member' }, ['email', 'name']),
    seal(2, 'invitation.accepted', { email: 'bob@x.test', member_id: 'mem_1' }, ['email']),
    seal(3, 'member.erased', { erased: [1, 2] }, []),
  ]
}

const checkpoint = (line: string | undefined) => {
  const { seq, hash } = JSON.parse(line ?? '')
  return JSON.stringify({ object: 'checkpoint', seq, hash })
}

const alter = (lines: readonly string[], index: number, changes: object): string[] =>
  lines.with(index, JSON.stringify({ ...JSON.parse(lines[index] ?? ''), ...changes }))

describe('an export', () => {
  test('is intact as it was written, with and without erasures', () => {
    expect(firstBroken(log())).toBeNull()
    expect(firstBroken(log([1, 2]))).toBeNull()
    expect(firstBroken([...log([1, 2]), checkpoint(log()[1])])).toBeNull()
  })

  test('in which something personal was changed is broken', () => {
    expect(firstBroken(alter(log(), 0, { data: { email: 'eve@x.test', name: 'Bob', role: 'member' } }))).toBe(1)
  })

  test('in which something else was changed is broken', () => {
    expect(firstBroken(alter(log(), 0, { data: { email: 'bob@x.test', name: 'Bob', role: 'owner' } }))).toBe(1)
    expect(firstBroken(alter(log([1, 2]), 1, { data: { member_id: 'mem_2' } }))).toBe(2)
    expect(firstBroken(alter(log(), 1, { type: 'invitation.declined' }))).toBe(2)
  })

  test('in which a field is declared personal that is not is broken', () => {
    const fields = ['email', 'name', 'role']
    const [first = ''] = log()
    const { personal } = JSON.parse(first)
    expect(firstBroken(alter(log(), 0, { personal: { ...personal, fields } }))).toBe(1)
  })

  test('in which personal data is gone and nobody says that it was erased is broken', () => {
    const lines = log([1, 2])
    expect(firstBroken(lines.slice(0, 2))).toBe(1)
  })

  test('in which an entry is missing is broken, at the end by its checkpoint', () => {
    expect(firstBroken(log().toSpliced(1, 1))).toBe(2)
    expect(firstBroken([...log().slice(0, 2), checkpoint(log()[2])])).toBe(3)
  })

  test('of a log that was rewritten is broken by its checkpoint', () => {
    const other = JSON.stringify({ object: 'checkpoint', seq: 2, hash: 'f'.repeat(64) })
    expect(firstBroken([...log(), other])).toBe(2)
  })
})

describe('the program', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'export-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  async function verified(lines: readonly string[]): Promise<{ stdout: string; code: number }> {
    const file = join(folder, 'events.ndjson')
    await writeFile(file, `${lines.join('\n')}\n`)
    const program = resolve(import.meta.dirname, '../../docs/verify-export.mjs')
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [program, file])
      return { stdout, code: 0 }
    } catch (error) {
      const { stdout, code } = error as { stdout: string; code: number }
      return { stdout, code }
    }
  }

  test('says that an export is intact, or which event is not', async () => {
    expect(await verified(log([1, 2]))).toEqual({ stdout: 'The log is intact.\n', code: 0 })
    const forged = alter(log(), 1, { seq: 7 })
    expect(await verified(forged)).toEqual({ stdout: 'Event 2 was changed, added or is missing.\n', code: 1 })
  })
})
