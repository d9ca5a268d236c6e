import { expect, test } from 'vitest'
import type { DeploymentHealth } from '../../../src/onboarding/deployment-health.ts'
import { findings, isSweepDue } from '../../../src/portal/operator/health/findings.ts'

const NOW = 1_000_000_000_000
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const nothing = { count: 0, since: null }
const since = (ageMs: number) => ({ count: 3, since: NOW - ageMs })

const idle: DeploymentHealth = {
  sweep: { at: NOW - MINUTE, failed: [], unfinished: [] },
  ...{ relay: nothing, unsentMails: nothing, lagging: [], rebuilds: nothing, people: nothing, closings: nothing },
  ...{ invitations: nothing, claims: nothing, erasures: nothing },
  mail: { sent: since(MINUTE), failed: nothing, interrupted: nothing },
  databases: [],
}

const statesOf = (health: Partial<DeploymentHealth>) =>
  findings({ ...idle, ...health }, NOW)
    .map(({ state }) => state)
    .filter((state) => state !== 'good')

test('where nothing waits, all is good', () => {
  expect(statesOf({})).toEqual([])
  expect(isSweepDue(idle, NOW)).toBe(false)
})

test.each(['relay', 'unsentMails', 'rebuilds', 'people', 'closings', 'invitations', 'claims'] as const)(
  '%s that wait need a look once three sweeps have passed',
  (part) => {
    expect(statesOf({ [part]: since(15 * MINUTE) })).toEqual(['busy'])
    expect(statesOf({ [part]: since(15 * MINUTE + 1) })).toEqual(['attention'])
  },
)

test('erasures need a look a day after they could begin', () => {
  expect(statesOf({ erasures: since(31 * DAY) })).toEqual(['busy'])
  expect(statesOf({ erasures: since(31 * DAY + 1) })).toEqual(['attention'])
})

test('mails that failed need a look at once, interrupted ones after an hour', () => {
  const { mail } = idle
  expect(statesOf({ mail: { ...mail, failed: since(1) } })).toEqual(['attention'])
  expect(statesOf({ mail: { ...mail, interrupted: since(60 * MINUTE) } })).toEqual(['busy'])
  expect(statesOf({ mail: { ...mail, interrupted: since(60 * MINUTE + 1) } })).toEqual(['attention'])
})

test.each([
  ['never came', null, true],
  ['came a quarter of an hour ago', { at: NOW - 15 * MINUTE, failed: [], unfinished: [] }, false],
  ['came before that', { at: NOW - 15 * MINUTE - 1, failed: [], unfinished: [] }, true],
  ['left a chore undone', { at: NOW, failed: ['forgetOld'], unfinished: [] }, true],
])('a sweep that %s', (_, sweep, due) => {
  expect(isSweepDue({ ...idle, sweep }, NOW)).toBe(due)
})
