import { typeidUnboxed } from 'typeid-js'
import type * as z from 'zod'
import { findOrCreateUsers, usersOfEmails, usersOfIds } from '../accounts/many-users.ts'
import { newId, personOf, type User } from '../accounts/users.ts'
import type * as contract from '../contract/arrivals.ts'
import type { Actor } from '../membership/actor.ts'
import type { UnusableRow } from '../membership/arrival.ts'
import type { AddMembers, Arrival, Person } from '../membership/commands.ts'
import { normalizeEmail } from '../membership/email.ts'

type Body = z.output<typeof contract.AddMembers>
type Row = Body['members'][number]

export interface BulkArrival {
  readonly command: AddMembers
  /** The accounts as they were read. */
  readonly users: readonly User[]
}

/**
 * The command that adds these people. Accounts that are missing are created first, in one transaction: if the process dies
 * before the command, a repeated call finds them. A dry run creates none and answers with ids of its own.
 */
export async function bulkArrival(accounts: D1Database, body: Body, operator: Actor): Promise<BulkArrival> {
  const rows = body.members
  const people = new Map<string, { name: string | null }>()
  for (const { email = '', profile } of rows) {
    const normalized = normalizeEmail(email)
    if (normalized !== null && !people.has(normalized)) people.set(normalized, { name: profile.name ?? null })
  }
  const byId = await usersOfIds(
    accounts,
    rows.flatMap(({ user_id }) => user_id ?? []),
  )
  const byEmail = body.dry_run
    ? await usersOfEmails(accounts, [...people.keys()])
    : await findOrCreateUsers(accounts, people, operator)
  const imagined = new Map<string, Person>()

  const rowOf = (row: Row): Arrival | UnusableRow => {
    const normalized = normalizeEmail(row.email ?? '')
    const user = row.user_id === undefined ? byEmail.get(normalized ?? '') : byId.get(row.user_id)
    const named = { email: normalized ?? row.email ?? null, userId: row.user_id ?? null }
    if (row.email !== undefined && normalized === null) return { unusable: 'invalid_email', ...named }
    const isImagined = user === undefined && body.dry_run && normalized !== null
    if (isImagined && !imagined.has(normalized))
      imagined.set(normalized, newPerson(normalized, row.profile.name ?? null))
    const person = isImagined ? imagined.get(normalized) : user?.closingAt === null ? personOf(user) : undefined
    if (person === undefined) return { unusable: 'user_not_found', ...named }
    return {
      person,
      role: row.role ?? body.role,
      profile: row.profile,
      active: row.active,
      ...(row.external_id === undefined ? {} : { externalId: row.external_id }),
    }
  }
  const command = {
    type: 'AddMembers',
    source: 'added',
    rows: rows.map(rowOf),
    mode: body.mode,
    dryRun: body.dry_run,
  } as const
  return { command, users: [...byId.values(), ...byEmail.values()] }
}

const newPerson = (email: string, name: string | null): Person => ({
  memberId: typeidUnboxed('mem'),
  userId: newId(),
  email,
  name,
})
