import { expect } from 'vitest'
import { authorityOf } from '../../src/membership/authority.ts'
import type { Command } from '../../src/membership/commands.ts'
import { personBehind } from '../../src/membership/departure.ts'
import type { EventType } from '../../src/membership/event.ts'
import type { Invitation } from '../../src/membership/invitation.ts'
import type { Member } from '../../src/membership/member.ts'
import type { Rejection } from '../../src/membership/rejection.ts'
import type { Result } from '../../src/membership/result.ts'
import { type Seats, seats } from '../../src/membership/seats.ts'
import { handle } from '../../src/organization/handle.ts'
import type { OrganizationStore } from '../../src/organization/store.ts'
import type { Act } from './commands.ts'
import { type Fact, ids } from './facts.ts'
import { InMemoryStore } from './in-memory-store.ts'

/** What came of a command: its value or refusal, and the organization afterwards. */
interface Consequence {
  readonly answer: Result<unknown, Rejection>
  readonly store: InMemoryStore
  readonly now: number
}

type Expectation =
  | { readonly kind: 'event'; readonly type: EventType; readonly data: object }
  | { readonly kind: 'check'; readonly check: (consequence: Consequence) => void }

/** Facts, then commands one after the other, then what the last of them has brought about. */
export function given(...facts: readonly Fact[]) {
  const store = new InMemoryStore(facts)
  return {
    when(...acts: readonly Act[]) {
      const before = acts.slice(0, -1)
      for (const act of before) if (!carryOut(store, act).ok) throw new Error(`${act.command.type} was refused`)
      const last = acts.at(-1)
      if (last === undefined) throw new Error('Nothing was done')
      const [events, mails] = [store.events.length, store.mails.length]
      const consequence = { answer: carryOut(store, last), store, now: last.now }
      store.events.splice(0, events)
      store.mails.splice(0, mails)
      // biome-ignore lint/suspicious/noThenProperty: given, when, then; nobody awaits it
      return { then: (...expected: readonly Expectation[]) => verify(consequence, expected) }
    },
  }
}

function carryOut(store: InMemoryStore, { caller, command, now }: Act<Command>): Result<unknown, Rejection> {
  const member = caller.type === 'user' ? store.memberOfUser(caller.userId) : null
  const role = member && store.role(member.role)
  const apiKey = caller.type === 'api_key' ? store.apiKeyOfSecret(caller.secretHash) : null
  const behind = apiKey && personBehind(apiKey)
  const maker = behind && store.memberOfUser(behind)
  const authority = authorityOf(caller, { member, role, apiKey, maker: maker || null }, now)
  if (!authority.ok) return authority
  const decision = handle(store as unknown as OrganizationStore, command, { authority: authority.value, now })
  if (!decision.ok) {
    store.commit(decision.changes ?? [], now)
    return decision
  }
  store.commit(decision.value.changes, now)
  return { ok: true, value: decision.value.value }
}

/** Events are expected all of them and in order. Of refusals, only that of a removed person's return leaves one. */
function verify(consequence: Consequence, expected: readonly Expectation[]): void {
  const events = expected.filter((expectation) => expectation.kind === 'event')
  const { store, answer } = consequence
  if (events.length > 0 && !answer.ok) expect(answer.error.code).toBe('removed_by_admin')
  expect(store.events).toMatchObject(events.map(({ type, data }) => ({ type, data })))
  for (const expectation of expected) if (expectation.kind === 'check') expectation.check(consequence)
}

export const check = (run: (consequence: Consequence) => void): Expectation => ({ kind: 'check', check: run })

export const event = (type: EventType, data: object = {}): Expectation => ({ kind: 'event', type, data })

export const rejected = (code: Rejection['code'], details: object = {}): Expectation =>
  check(({ answer }) => expect(answer).toMatchObject({ ok: false, error: { code, ...details } }))

/** The command is accepted and leaves everything as it was. */
export const nothingNew = (): Expectation =>
  check(({ answer, store }) => {
    expect(answer).toMatchObject({ ok: true })
    expect(store.events).toEqual([])
    expect(store.mails).toEqual([])
  })

export const answers = (value: object): Expectation =>
  check(({ answer }) => expect(answer).toMatchObject({ ok: true, value }))

/** What has become of a person. */
export const memberIs = (name: string, fields: Partial<Member>): Expectation =>
  check(({ store }) => expect(store.member(ids.person(name).memberId)).toMatchObject(fields))

export const notAMember = (name: string): Expectation =>
  check(({ store }) => expect(store.member(ids.person(name).memberId)).toBeNull())

export const invitationIs = (email: string, fields: Partial<Invitation>): Expectation =>
  check(({ store }) => expect(store.invitation(ids.invitation(email))).toMatchObject(fields))

export const seatsAre = (expected: Partial<Seats>): Expectation =>
  check(({ store, now }) => {
    const organization = store.organization()
    expect(organization && seats(organization, store.tally(now))).toMatchObject(expected)
  })

/** Exactly these mails are asked for. */
export const mailsTo = (...emails: readonly string[]): Expectation =>
  check(({ store }) => {
    expect(store.mails.flatMap((mail) => (mail.kind === 'invitation' ? [mail.email] : []))).toEqual(emails)
  })
