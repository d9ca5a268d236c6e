import { expect } from 'vitest'
import type { Command } from '../../src/membership/commands.ts'
import type { OrganizationObject, Seams } from '../../src/organization/organization-object.ts'
import type { ExecutedCommand } from '../../src/organization/requests.ts'
import { CHAIN_START } from '../../src/records/event-chain.ts'
import type { LogEntryHash } from '../../src/records/projection.ts'
import { type Act, noon } from './commands.ts'
import {
  activeOwners,
  agreesWithModel,
  chainHolds,
  changesAreRevised,
  contentOf,
  countsAreRight,
  externalIdsAreFound,
  nobodyIsTwice,
  nothingEscalates,
  seatsHold,
  shownOf,
} from './invariants.ts'
import { type Rows, rowsOf } from './organization-rows.ts'
import { projected } from './projecting.ts'
import { actOf, type Beginning, firstActs, type Step, timeOf } from './random-history.ts'
import { judgeArrivals, recordAttempt } from './reference/arrivals.ts'
import { judgeBulk } from './reference/bulk.ts'
import { judge, situationOf } from './reference/judge.ts'
import { ReferenceModel } from './reference/model.ts'

type Executed = ExecutedCommand<Command>

/** What a run has seen so far of how often each verdict fell, so that a test can tell that all of them did. */
export type Verdicts = Map<string, number>

/** One random history on a real object, compared after each command with the reference model. */
export class RandomRun {
  readonly #model = new ReferenceModel()
  readonly #organizationId: string
  readonly #verdicts: Verdicts
  readonly #project: Seams['project']
  #rows: Rows | null = null
  #last: LogEntryHash = { seq: 0, hash: CHAIN_START }
  #hadOwner = false
  #now = noon
  #count = 0

  constructor(organizationId: string, verdicts: Verdicts, project: Seams['project'] = projected()) {
    this.#organizationId = organizationId
    this.#verdicts = verdicts
    this.#project = project
  }

  /** Time is this run's own, and no mail leaves the object; nor do rows, unless the run is told where to. */
  attach(object: OrganizationObject): void {
    Object.assign(object.seams, { clock: () => this.#now, project: this.#project, enqueue: async () => {} })
  }

  async begin(object: OrganizationObject, storage: DurableObjectStorage, beginning: Beginning): Promise<void> {
    this.attach(object)
    for (const act of firstActs(this.#organizationId, beginning)) await this.#carryOut(object, storage, act)
  }

  async go(object: OrganizationObject, storage: DurableObjectStorage, steps: readonly Step[]): Promise<void> {
    this.attach(object)
    for (const step of steps) {
      this.#now = timeOf(step, this.#model, this.#now)
      this.#count += 1
      await this.#carryOut(object, storage, actOf(step, this.#model, this.#organizationId, this.#now, this.#count))
    }
  }

  async #carryOut(object: OrganizationObject, storage: DurableObjectStorage, act: Act): Promise<void> {
    const may = this.#model.rightsOf(act.caller, act.now)?.permissions ?? new Set<string>()
    const executed = (await object.execute({ caller: act.caller, command: act.command })) as Executed
    if (act.command.type === 'BulkInvite')
      this.#compareBulk(act as Act<Extract<Command, { type: 'BulkInvite' }>>, executed)
    else if (act.command.type === 'AddMembers')
      this.#compareArrivals(act as Act<Extract<Command, { type: 'AddMembers' }>>, executed)
    else this.#compare(act as Act<Exclude<Command, { type: 'BulkInvite' | 'AddMembers' }>>, executed)
    this.#examine(rowsOf(storage, this.#last.seq), act, executed, may)
  }

  #compare(act: Act<Exclude<Command, { type: 'BulkInvite' | 'AddMembers' }>>, executed: Executed): void {
    const { broken, apply } = judge(this.#model, act)
    const verdict = executed.ok ? 'accepted' : executed.error.code
    this.#tell(`${act.command.type} ${verdict}`)
    expect(broken.length === 0 ? ['accepted'] : broken, `${act.command.type} by ${act.caller.type}`).toContain(verdict)
    if (!executed.ok) {
      if (act.command.type === 'AddMember' && verdict === 'removed_by_admin') {
        recordAttempt(this.#model, act.command.person.userId)
      }
      return
    }
    const loses = this.#model.whoLoses()
    apply()
    this.#model.endWhatIsUnfounded(this.#now, loses)
  }

  #compareBulk(act: Act<Extract<Command, { type: 'BulkInvite' }>>, executed: Executed): void {
    const situation = situationOf(this.#model, act)
    const { refusal, outcomes } =
      'broken' in situation ? { refusal: situation.broken[0] ?? null, outcomes: [] } : judgeBulk(situation, act.command)
    const verdict = executed.ok ? 'accepted' : executed.error.code
    expect(verdict, 'BulkInvite').toBe(refusal ?? 'accepted')
    const results = resultsOf(executed)
    expect(results).toHaveLength(outcomes.length)
    for (const [index, { outcome }] of results.entries()) {
      this.#tell(`BulkInvite ${outcome}`)
      expect(outcomes[index], `row ${index}`).toContain(outcome)
    }
  }

  #compareArrivals(act: Act<Extract<Command, { type: 'AddMembers' }>>, executed: Executed): void {
    const situation = situationOf(this.#model, act)
    const told = resultsOf(executed).map(({ outcome }) => outcome)
    const { refusal, outcomes } =
      'broken' in situation
        ? { refusal: situation.broken[0] ?? null, outcomes: [] }
        : judgeArrivals(situation, act.command, told)
    const verdict = executed.ok ? 'accepted' : executed.error.code
    this.#tell(`AddMembers ${verdict}`)
    expect(verdict, 'AddMembers').toBe(refusal ?? 'accepted')
    expect(told).toHaveLength(outcomes.length)
    for (const [index, outcome] of told.entries()) {
      this.#tell(`AddMembers ${outcome}`)
      expect(outcomes[index], `row ${index} by ${act.command.source}`).toContain(outcome)
    }
  }

  #examine(rows: Rows, act: Act, executed: Executed, may: ReadonlySet<string>): void {
    const before = this.#rows ?? { ...rows, members: [], invitations: [], roles: [], api_keys: [], ledger: {} }
    agreesWithModel(rows, this.#model, this.#now)
    countsAreRight(rows)
    externalIdsAreFound(rows)
    nobodyIsTwice(rows)
    seatsHold(before, rows, this.#now)
    changesAreRevised(before, rows)
    nothingEscalates(before, rows, act, may)
    // Only from a deleted organization its last owner may be erased; should it come back, an owner is found anew.
    if (act.command.type === 'ErasePerson' && this.#model.organization?.deletedAt !== null) this.#hadOwner = false
    this.#hadOwner ||= activeOwners(rows) > 0
    if (this.#hadOwner) expect(activeOwners(rows)).toBeGreaterThan(0)
    if (this.#model.organization?.ownership === 'single') expect(activeOwners(rows)).toBeLessThanOrEqual(1)

    const changed = this.#rows === null || contentOf(this.#rows) !== contentOf(rows)
    const isAttempt = !executed.ok && executed.error.code === 'removed_by_admin'
    if (!executed.ok && !isAttempt) expect(changed, 'a refusal changes nothing').toBe(false)
    // A person takes over what a process has decided: nothing else changes.
    const isTaken = TAKING.has(act.command.type) && statusesOf(before) === statusesOf(rows)
    const told = act.command.type === 'UpdatePeople' ? shownOf(before) !== shownOf(rows) : changed && !isTaken
    if (act.command.type !== 'RecordDeliveries') expect(rows.events.length > 0, 'an event tells of it').toBe(told)
    this.#last = chainHolds(this.#organizationId, rows.events, this.#last)
    expect(rows.ledger).toMatchObject({ event_seq: this.#last.seq, event_hash: this.#last.hash })
    this.#rows = rows
  }

  #tell(verdict: string): void {
    this.#verdicts.set(verdict, (this.#verdicts.get(verdict) ?? 0) + 1)
  }
}

const TAKING: ReadonlySet<string> = new Set(['SuspendMember', 'RemoveMember'])

const statusesOf = ({ members }: Pick<Rows, 'members'>): string => JSON.stringify(members.map(({ status }) => status))

function resultsOf(executed: Executed): readonly { readonly outcome: string }[] {
  if (executed.ok) return (executed.value as { results: readonly { outcome: string }[] }).results
  const { error } = executed
  return error.code === 'bulk_refused' || error.code === 'arrivals_refused' ? error.results : []
}
