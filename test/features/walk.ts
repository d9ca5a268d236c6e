import { expect } from 'vitest'
import { ORIGIN, operator, worker } from '../support/api.ts'

export interface Item {
  readonly id: string
  readonly name: string | null
  readonly email: string
}

/** What others do between two pages. */
export type Between = (pages: number) => Promise<unknown>

interface Page {
  readonly data: Item[]
  readonly next_cursor: string | null
}

/** All pages of a list, as the operator. Past the test client, which takes a close look at every item of every answer. */
export async function walked(path: string, between?: Between): Promise<Item[]> {
  const items: Item[] = []
  let pages = 0
  for (let cursor: string | null = ''; cursor !== null; pages += 1) {
    const { data, next_cursor } = await pageOf(`${path}${cursor && `&cursor=${cursor}`}`)
    items.push(...data)
    cursor = next_cursor
    await between?.(pages)
  }
  return items
}

async function pageOf(path: string): Promise<Page> {
  const response = await worker(new Request(`${ORIGIN}${path}`, { headers: operator }))
  expect(response.status).toBe(200)
  return response.json()
}
