import type { Team } from '../support/api-builders.ts'
import { inside } from './storage.ts'

/** Someone who is written straight into the storage, for there are many of them. */
export interface Extra {
  readonly id: string
  readonly email: string
  readonly name: string | null
  readonly role: string
  readonly status: 'active' | 'suspended' | 'removed'
  readonly joinedAt: number
  readonly lastSignInAt: number | null
}

const ROWS_AT_ONCE = 10_000

/** As rules.md says that names are compared: after Unicode's compatibility normalization, without regard to case. */
export const folded = (text: string): string => text.normalize('NFKC').toLowerCase()

/** In the order of code points, which is that of UTF-8, and not that of JavaScript's own comparison. */
export const byCodePoint = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other))

/** An id before all ids of today, so that the relay takes its row for one that has been sent. */
export const earlyId = (prefix: string, n: number): string => `${prefix}_${String(n).padStart(26, '0')}`

/** Puts people into an organization as if each had been added, and counts their seats. */
export async function crowd(team: Team, people: readonly Extra[]): Promise<void> {
  await inside(team, ({ sql }) => {
    for (let from = 0; from < people.length; from += ROWS_AT_ONCE) {
      const rows = people.slice(from, from + ROWS_AT_ONCE).map((person, index) => ({
        ...person,
        userId: earlyId('usr', from + index),
        nameKey: folded(person.name ?? person.email),
        profile: person.name === null ? {} : { name: person.name },
      }))
      sql.exec(INSERT, JSON.stringify(rows), team.id)
    }
    const count = (condition: string) => `(select count(*) from members where ${condition})`
    sql.exec(`update ledger set active_members = ${count("status = 'active'")},
      active_owners = ${count("status = 'active' and role = 'owner'")}`)
  })
}

const from = (field: string) => `json_extract(value, '$.${field}')`

const INSERT = `insert into members (id, organization_id, user_id, email, role, status, source, profile, name_key,
    joined_at, last_sign_in_at, created_at, updated_at, revision, version)
  select ${from('id')}, ?2, ${from('userId')}, ${from('email')}, ${from('role')}, ${from('status')}, 'added',
    ${from('profile')}, ${from('nameKey')}, ${from('joinedAt')}, ${from('lastSignInAt')}, ${from('joinedAt')},
    ${from('joinedAt')}, 1, 1
  from json_each(?1)`

const MEMBERS = 100_000
const NOON = Date.UTC(2026, 0, 15, 12)
const NAMES = ['Ann Lee', 'ann lee', 'Bob Fox', 'Zoë', 'Ärne', 'Müller', 'MÜLLER', '李', 'Ω', '𐐷𐐷', '😀', null]

function nameOf(n: number): string | null {
  if (n % 5_000 === 4_444) return 'Straw, Needle in the Hay'
  const name = NAMES[n % NAMES.length] ?? null
  // A quarter of them has a name that thousands have.
  return name === null || n % 12 < 3 ? name : `${name} ${n % 5_000}`
}

/**
 * Many share a name or a time, so that only the id tells them apart; one in ten is an admin, one in a hundred suspended,
 * one in a thousand gone, and one in four has never signed in.
 */
export const CROWD: readonly Extra[] = Array.from({ length: MEMBERS }, (_, n) => ({
  id: earlyId('mem', n),
  email: `p${String((n * 7919) % MEMBERS).padStart(6, '0')}@${n % 3 === 0 ? 'x' : 'y'}.test`,
  name: nameOf(n),
  role: n % 10 === 0 ? 'admin' : 'member',
  status: n % 1_000 === 999 ? 'removed' : n % 100 === 90 ? 'suspended' : 'active',
  joinedAt: NOON + (n % 1_000) * 60_000,
  lastSignInAt: n % 4 === 0 ? null : NOON + (n % 777) * 1_000,
}))
