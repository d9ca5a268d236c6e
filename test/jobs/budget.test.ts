import { expect, test } from 'vitest'
import { Budget } from '../../src/jobs/budget.ts'

const clockAt = (start: number) => {
  let now = start
  const pass = (ms: number) => {
    now += ms
  }
  return { clock: () => now, pass }
}

test('a share is an equal part of the time and the calls that are left', () => {
  const { clock } = clockAt(1_000)
  const share = new Budget({ ms: 900, calls: 100 }, clock).share(3)
  expect(share.msLeft).toBe(300)
  share.spend(32)
  expect(share.isOver).toBe(false)
  share.spend(1)
  expect(share.isOver).toBe(true)
})

test('a share ends with its time', () => {
  const { clock, pass } = clockAt(0)
  const share = new Budget({ ms: 100, calls: 100 }, clock).share(2)
  pass(49)
  expect(share.isOver).toBe(false)
  pass(1)
  expect(share.isOver).toBe(true)
})

test('what one share leaves goes to the later ones, what it takes is gone', () => {
  const { clock, pass } = clockAt(0)
  const whole = new Budget({ ms: 100, calls: 100 }, clock)
  whole.share(2).spend(10)
  pass(20)
  const rest = whole.share(1)
  expect(rest.msLeft).toBe(80)
  rest.spend(89)
  expect(rest.isOver).toBe(false)
  rest.spend(1)
  expect([rest.isOver, whole.isOver]).toEqual([true, true])
})
