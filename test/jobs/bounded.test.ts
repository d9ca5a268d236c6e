import { beforeEach, describe, expect, test, vi } from 'vitest'
import { eachOf } from '../../src/jobs/bounded.ts'

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

const items = Array.from({ length: 25 }, (_, index) => index)

describe('each of many', () => {
  test('has its turn, once, and never more than allowed at a time', async () => {
    const done: number[] = []
    let [working, most] = [0, 0]
    await eachOf(items, 4, async (item) => {
      working += 1
      most = Math.max(most, working)
      await new Promise((resolve) => setTimeout(resolve, 1))
      working -= 1
      done.push(item)
    })
    expect(done.toSorted((a, b) => a - b)).toEqual(items)
    expect(most).toBe(4)
  })

  test('has its turn although others fail, which are named', async () => {
    const [done, failed]: [number[], number[]] = [[], []]
    const work = async (item: number) => {
      if (item % 3 === 0) throw new Error('no')
      done.push(item)
    }
    await eachOf(items, 2, work, (item) => failed.push(item))
    expect(done).toHaveLength(16)
    expect(failed).toEqual(items.filter((item) => item % 3 === 0))
  })

  test('of none is nothing', async () => {
    await expect(eachOf([], 3, () => Promise.reject(new Error('no')))).resolves.toBeUndefined()
  })
})
