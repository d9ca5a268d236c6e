import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { bundleKib, MAX_BUNDLE_KIB } from '../../scripts/bundle.ts'
import { median, requestsPerSecond, requestsWhile, type Workload } from './load.ts'
import { type Runtime, startRuntime } from './runtime.ts'

/*
 * npm run bench -- [--rounds N] [--seconds N] [--strict]
 *
 * Requests per second say more about the machine than about Muster. So every number is held against a bare object that
 * runs in the same process, in turns with it, and only ratios have targets.
 */

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '1' },
    strict: { type: 'boolean', default: false },
  },
})
const MANY_MEMBERS = 100_000
const FEW_MEMBERS = 1_000
/** Access is asked about so many in turn: who is at work in a product at a time. */
const ASKED_ABOUT = 1_000
const BULK_ROWS = 1_000
const WARM_UP_SECONDS = 2
const MANY_ORGANIZATIONS = 100
/** Over which the costs of an invitation are counted, its mail included. */
const COUNTED_INVITATIONS = 3_000
/** The queue's longest wait for a full batch, and some more. */
const QUEUE_DRAINS_WITHIN_MS = 1_500

interface Organization {
  readonly id: string
  readonly object: ReturnType<Runtime['organization']>
  created: number
}

let addresses = 0
const freshAddress = () => `invitee-${++addresses}@example.test`

async function main(runtime: Runtime): Promise<void> {
  const none = await createOrganization(runtime, 'No members')
  const many = await createOrganization(runtime, 'Many members')
  await many.object.seedMembers(MANY_MEMBERS)
  const few = await createOrganization(runtime, 'Few members')
  await few.object.seedMembers(FEW_MEMBERS)
  const crowd = await createOrganization(runtime, 'Invited by the thousand')
  const slow = await createOrganization(runtime, 'Invited one after the other')
  const all = await createOrganizations(runtime, MANY_ORGANIZATIONS)
  const key = await createApiKey(runtime, many)
  const session = await many.object.signIn()
  const invited = [none, many, crowd, slow, ...all]

  const bare = (name: string): Workload => ({
    name: `bare object: ${name}`,
    url: runtime.bare,
    call: () => ({ method: 'GET', path: `/${name}` }),
    status: 200,
  })
  const workloads = {
    empty: bare('empty'),
    read: bare('read'),
    write: bare('write'),
    invitation: invitation(runtime, [none], 'invitation, no members'),
    inTurn: invitation(runtime, all, `invitation, ${MANY_ORGANIZATIONS} organizations in turn`),
    crowded: invitation(runtime, [many], `invitation, ${MANY_MEMBERS} members`),
    access: access(runtime, many, 'access check, operator key', runtime.operatorKey),
    keyed: access(runtime, many, 'access check, API key', key),
    own: ownAccess(runtime, many, session),
    bulk: bulk(runtime, crowd),
    invitationByOne: { ...invitation(runtime, [slow], 'invitation, one caller'), callers: 1 },
    bulkByOne: { ...bulk(runtime, crowd), name: `bulk of ${BULK_ROWS}, one caller`, callers: 1 },
    shortRoster: roster(runtime, few, `roster by name, ${FEW_MEMBERS} members`, 'sort=name'),
    longRoster: roster(runtime, many, `roster by name, ${MANY_MEMBERS} members`, 'sort=name'),
    shortSearch: roster(runtime, few, `roster by prefix, ${FEW_MEMBERS} members`, 'sort=name&query=member-5'),
    longSearch: roster(runtime, many, `roster by prefix, ${MANY_MEMBERS} members`, 'sort=name&query=member-5'),
  }
  for (const workload of Object.values(workloads)) await requestsPerSecond(workload, WARM_UP_SECONDS)
  await settle(invited)

  const rates = new Map<Workload, number[]>(Object.values(workloads).map((workload) => [workload, []]))
  for (let round = 1; round <= Number(options.rounds); round++) {
    console.log(`round ${round} of ${options.rounds}`)
    // There and back again, so that none always runs in the wake of the same other.
    for (const [workload, measured] of round % 2 === 1 ? rates : [...rates].reverse()) {
      measured.push(await requestsPerSecond(workload, Number(options.seconds)))
      if (workload.changes) await settle(invited)
    }
  }
  const together = await costs(runtime, workloads.invitation, [none])
  const inTurn = await costs(runtime, workloads.inTurn, all)

  /** Round by round, so that a slow minute of the machine weighs on both sides. */
  const ratio = (a: Workload, b: Workload) =>
    median((rates.get(a) ?? []).map((rate, round) => rate / (rates.get(b)?.[round] ?? Number.NaN)))
  console.table(
    [...rates].map(([{ name }, measured]) => ({ request: name, 'per second': Math.round(median(measured)) })),
  )
  report([
    { what: 'invitation ÷ bare write', value: ratio(workloads.invitation, workloads.write), least: 0.5 },
    {
      what: `invitations, ${MANY_ORGANIZATIONS} organizations in turn ÷ all in one`,
      value: ratio(workloads.inTurn, workloads.invitation),
      least: 0.6,
    },
    { what: 'invitation, 100,000 members ÷ none', value: ratio(workloads.crowded, workloads.invitation), least: 0.85 },
    { what: 'access check ÷ bare read', value: ratio(workloads.access, workloads.read), least: 0.72 },
    { what: 'access check with an API key ÷ bare read', value: ratio(workloads.keyed, workloads.read), least: 0.65 },
    {
      what: "access check with a person's session ÷ bare read",
      value: ratio(workloads.own, workloads.read),
      least: 0.8,
    },
    // Whoever has a thousand people to invite is one caller, who waits for each answer.
    { what: 'bulk row ÷ single', value: BULK_ROWS * ratio(workloads.bulkByOne, workloads.invitationByOne), least: 20 },
    { what: 'the same, 16 callers at once', value: BULK_ROWS * ratio(workloads.bulk, workloads.invitation) },
    {
      what: 'time of a roster page, long ÷ short',
      value: ratio(workloads.shortRoster, workloads.longRoster),
      most: 1.5,
    },
    { what: 'the same, by prefix', value: ratio(workloads.shortSearch, workloads.longSearch), most: 1.5 },
    { what: 'D1 batches per invitation, one organization', value: together.batches, most: 0.1 },
    { what: `the same, ${MANY_ORGANIZATIONS} organizations in turn`, value: inTurn.batches, most: 0.2 },
    { what: 'commits per invitation, one organization', value: together.commits, most: 2 },
    { what: `the same, ${MANY_ORGANIZATIONS} organizations in turn`, value: inTurn.commits, most: 2 },
    { what: 'worker, compressed KiB', value: await bundleKib(), most: MAX_BUNDLE_KIB },
  ])
}

interface Finding {
  readonly what: string
  readonly value: number
  readonly least?: number
  readonly most?: number
}

function report(findings: readonly Finding[]): void {
  const met = ({ value, least = -Infinity, most = Infinity }: Finding) => value >= least && value <= most
  const target = ({ least, most }: Finding) => [least && `≥ ${least}`, most && `≤ ${most}`].filter(Boolean).join(' ')
  const verdict = (finding: Finding) => (target(finding) === '' ? '' : met(finding) ? 'yes' : 'NO')
  console.table(
    findings.map((finding) => ({
      what: finding.what,
      measured: Number(finding.value.toPrecision(3)),
      target: target(finding),
      met: verdict(finding),
    })),
  )
  if (options.strict && !findings.every(met)) process.exitCode = 1
}

const headers = ({ operatorKey }: Runtime) => ({
  Authorization: `Bearer ${operatorKey}`,
  'Content-Type': 'application/json',
})

async function createOrganizations(runtime: Runtime, count: number): Promise<Organization[]> {
  const organizations: Organization[] = []
  while (organizations.length < count) {
    organizations.push(await createOrganization(runtime, `Organization ${organizations.length + 1}`))
  }
  return organizations
}

async function createOrganization(runtime: Runtime, name: string): Promise<Organization> {
  const request = { method: 'POST', headers: headers(runtime), body: JSON.stringify({ name }) }
  const response = await fetch(new URL('/v1/organizations', runtime.muster), request)
  if (response.status !== 201) throw new Error(await response.text())
  const { id } = (await response.json()) as { id: string }
  return { id, object: runtime.organization(id), created: 0 }
}

/** A day's mails of an organization would be used up in seconds. */
async function liftMailCap(runtime: Runtime): Promise<void> {
  const body = JSON.stringify({ invitation_mails_per_day: 1_000_000 })
  const request = { method: 'PATCH', headers: headers(runtime), body }
  const response = await fetch(new URL('/v1/settings', runtime.muster), request)
  if (response.status !== 200) throw new Error(await response.text())
}

/** One invitation after the other, in each of these organizations in turn. */
function invitation(runtime: Runtime, organizations: readonly Organization[], name: string): Workload {
  let called = 0
  const call = () => {
    const organization = organizations[called++ % organizations.length] as Organization
    organization.created += 1
    const path = `/v1/organizations/${organization.id}/invitations`
    return { method: 'POST', path, headers: headers(runtime), body: JSON.stringify({ email: freshAddress() }) } as const
  }
  return { name, url: runtime.muster, call, status: 201, changes: true }
}

async function createApiKey(runtime: Runtime, { id }: Organization): Promise<string> {
  const body = JSON.stringify({ name: 'Benchmark', permissions: ['members:read'] })
  const request = { method: 'POST', headers: headers(runtime), body }
  const response = await fetch(new URL(`/v1/organizations/${id}/api-keys`, runtime.muster), request)
  if (response.status !== 201) throw new Error(await response.text())
  return ((await response.json()) as { secret: string }).secret
}

function bulk(runtime: Runtime, { id }: Organization): Workload {
  const path = `/v1/organizations/${id}/invitations/bulk`
  const emails = () => Array.from({ length: BULK_ROWS }, freshAddress)
  const call = () =>
    ({ method: 'POST', path, headers: headers(runtime), body: JSON.stringify({ emails: emails() }) }) as const
  return { name: `bulk of ${BULK_ROWS}`, url: runtime.muster, call, status: 200, changes: true }
}

function roster(runtime: Runtime, { id }: Organization, name: string, query: string): Workload {
  const path = `/v1/organizations/${id}/roster?limit=100&status=active&${query}`
  return { name, url: runtime.muster, call: () => ({ method: 'GET', path, headers: headers(runtime) }), status: 200 }
}

function access(runtime: Runtime, { id }: Organization, name: string, credential: string): Workload {
  let asked = 0
  const call = () => {
    const user = `usr_${String(1 + (asked++ % ASKED_ABOUT)).padStart(26, '0')}`
    const path = `/v1/organizations/${id}/access?permission=products:use&user_id=${user}`
    return { method: 'GET', path, headers: { Authorization: `Bearer ${credential}` } } as const
  }
  return { name, url: runtime.muster, call, status: 200 }
}

/** A person asks about themselves. */
function ownAccess(runtime: Runtime, { id }: Organization, session: string): Workload {
  const path = `/v1/organizations/${id}/access?permission=products:use`
  const call = () => ({ method: 'GET', path, headers: { Authorization: `Bearer ${session}` } }) as const
  return { name: "access check, a person's session", url: runtime.muster, call, status: 200 }
}

/** What one workload left to be done must not slow down the next. */
async function settle(organizations: readonly Organization[]): Promise<void> {
  for (const { object } of organizations) while (await waits(object)) await pause(50)
  await pause(QUEUE_DRAINS_WITHIN_MS)
}

const waits = async (object: Organization['object']): Promise<boolean> =>
  Object.values((await object.wake()).waiting).some((since) => since !== null)

/** What an invitation costs until its mail is sent, its delivery is noted and the directory has everything. */
async function costs(
  runtime: Runtime,
  workload: Workload,
  organizations: readonly Organization[],
): Promise<{ readonly batches: number; readonly commits: number }> {
  const count = async () => ({
    batches: await runtime.directoryBatches(),
    commits: sum(await Promise.all(organizations.map(({ object }) => object.commits()))),
    created: sum(organizations.map(({ created }) => created)),
  })
  const [first] = organizations as [Organization]
  await first.object.sendMails(true)
  const before = await count()
  const start = Date.now()
  await requestsWhile(workload, (answered) => answered < COUNTED_INVITATIONS)
  do await settle(organizations)
  while (!(await runtime.mailsAreSent(start)))
  const after = await count()
  await first.object.sendMails(false)
  const created = after.created - before.created
  return { batches: (after.batches - before.batches) / created, commits: (after.commits - before.commits) / created }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const runtime = await startRuntime()
try {
  await liftMailCap(runtime)
  await main(runtime)
} finally {
  await runtime.dispose()
}
