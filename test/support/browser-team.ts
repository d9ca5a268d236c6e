import type { Browser, Page } from 'playwright-core'
import { type Visit, type VisitOptions, visit } from './browser.ts'
import { operatorCalls } from './operator-calls.ts'
import type { Server } from './server.ts'
import { signIn } from './sign-in-page.ts'

export interface BrowserTeam {
  readonly id: string
  readonly name: string
  /** Of its pages. */
  readonly address: string
  emailOf(person: string): string
  /** A new browser of this person, signed in. */
  browserOf(person: string, options?: VisitOptions): Promise<Visit>
}

interface TeamOptions {
  /** The first is the owner. */
  readonly people: readonly string[]
  readonly name?: string
}

let teams = 0

/** A team of a running server, for tests in a real browser. */
export async function newBrowserTeam(
  browser: Browser,
  server: Pick<Server, 'url' | 'operatorKey'>,
  { people, name = 'Acme' }: TeamOptions,
): Promise<BrowserTeam> {
  teams += 1
  const mark = `${teams}-${Date.now()}`
  const { url } = server
  const call = operatorCalls(server)
  const emailOf = (person: string) => `${person}-${mark}@x.test`
  const signIns = new Map<string, number>()
  const [owner, ...others] = await Promise.all(
    people.map((person) => call('POST', '/v1/users', { email: emailOf(person), name: person })),
  )
  const created = await call('POST', '/v1/organizations', { name: `${name} ${mark}`, owner_user_id: owner?.id })
  for (const { id } of others) await call('POST', `/v1/organizations/${created.id}/members`, { user_id: id })
  return {
    id: created.id,
    name: `${name} ${mark}`,
    address: `${url}/o/${created.slug}`,
    emailOf,
    browserOf: async (person, options) => {
      const email = emailOf(person)
      const time = (signIns.get(person) ?? 0) + 1
      signIns.set(person, time)
      const visited = await visit(browser, options)
      await signIn(visited.page, { url, email, time })
      return visited
    },
  }
}

export const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { name, exact: true }).waitFor()
