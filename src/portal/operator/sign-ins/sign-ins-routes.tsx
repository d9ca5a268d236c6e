import { type Context, Hono } from 'hono'
import { operatorKeyNames } from '../../../accounts/operator-keys.ts'
import { accountsOf } from '../../../accounts/people.ts'
import { listRefusals, listSignIns, type SignInEntry } from '../../../accounts/sign-in-list.ts'
import { userOfEmail } from '../../../accounts/users.ts'
import type { Names, Slice } from '../../../membership/queries.ts'
import type { Result } from '../../../membership/result.ts'
import { failureOf, isOutage } from '../../../records/failure.ts'
import type { BrokenCursor } from '../../../records/page.ts'
import type { PortalEnvironment } from '../../environment.ts'
import { PAGE_SIZE } from '../list-choice.ts'
import { nothingHere, operatorPage } from '../operator-page.tsx'
import { RefusalsPage } from './refusals-page.tsx'
import { periodOf, REFUSALS_PATH, SIGN_INS_PATH, signInsChoice } from './sign-ins-choice.ts'
import { SignInsPage, UnreachableLog } from './sign-ins-page.tsx'

type Call = Context<PortalEnvironment>

const SECTION = 'sign-ins'

/** The authentication log. */
export const signInsRoutes = new Hono<PortalEnvironment>()

signInsRoutes.get('/', async (c) => {
  const choice = signInsChoice((name) => c.req.query(name))
  const userId = choice.search === null ? undefined : await userIdOf(c.env.ACCOUNTS, choice.search)
  const types = choice.type === null ? [] : [choice.type]
  const page = { limit: PAGE_SIZE, cursor: choice.cursor }
  const listed = await ifReached(() => listSignIns(c.env.LOGS, { userId, types, ...periodOf(choice), page }))
  if (listed === null) return unreachable(c, SIGN_INS_PATH)
  if (!listed.ok) return nothingHere(c)
  const names = await namesIn(c.env.ACCOUNTS, listed.value.items)
  return operatorPage(
    c,
    { title: 'Sign-ins', section: SECTION },
    <SignInsPage entries={listed.value} names={names} choice={choice} />,
  )
})

signInsRoutes.get('/refusals', async (c) => {
  const choice = signInsChoice((name) => c.req.query(name))
  const network = choice.search ?? undefined
  const page = { limit: PAGE_SIZE, cursor: choice.cursor }
  const listed = await ifReached(() => listRefusals(c.env.LOGS, { network, ...periodOf(choice), page }))
  if (listed === null) return unreachable(c, REFUSALS_PATH)
  if (!listed.ok) return nothingHere(c)
  return operatorPage(
    c,
    { title: 'Refused sign-ins', section: SECTION },
    <RefusalsPage refusals={listed.value} choice={choice} />,
  )
})

/** The log is a database of its own. While it is out of reach, the page says so. */
async function ifReached<T>(
  list: () => Promise<Result<Slice<T>, BrokenCursor>>,
): Promise<Result<Slice<T>, BrokenCursor> | null> {
  try {
    return await list()
  } catch (error) {
    if (!isOutage(error)) throw error
    console.warn({ message: 'authentication log out of reach', error: failureOf(error) })
    return null
  }
}

const unreachable = (c: Call, path: string): Response | Promise<Response> =>
  operatorPage(c, { title: 'Sign-ins', section: SECTION, status: 503 }, <UnreachableLog path={path} />)

/** The log knows ids only. A search that names nobody finds nothing. */
async function userIdOf(accounts: D1Database, search: string): Promise<string> {
  return (await userOfEmail(accounts, search.toLowerCase()))?.id ?? search
}

async function namesIn(accounts: D1Database, entries: readonly SignInEntry[]): Promise<Names> {
  const idsOf = (key: 'userId' | 'operatorKeyId') => [...new Set(entries.flatMap((entry) => entry[key] ?? []))]
  const [people, keys] = await Promise.all([
    accountsOf(accounts, idsOf('userId')),
    operatorKeyNames(accounts, idsOf('operatorKeyId')),
  ])
  return { ...Object.fromEntries(people.map(({ userId, name, email }) => [userId, name ?? email])), ...keys }
}
