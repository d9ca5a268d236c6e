import { type Context, Hono } from 'hono'
import { readDefinitions } from '../../../accounts/attributes.ts'
import { listIdentities } from '../../../accounts/identities.ts'
import { listSessions } from '../../../accounts/sessions.ts'
import { getUser, listUsers, type User } from '../../../accounts/users.ts'
import { idPattern } from '../../../contract/fields.ts'
import { directoriesOf } from '../../../directory/directories.ts'
import { listOwnOrganizations } from '../../../directory/own-organizations.ts'
import { actorOf } from '../../../membership/actor.ts'
import type { Slice } from '../../../membership/queries.ts'
import { deleteAccount } from '../../../onboarding/delete-account.ts'
import { signOutEverywhere, unlinkIdentity } from '../../../onboarding/end-access.ts'
import { titleName } from '../../components/name.tsx'
import type { PortalEnvironment } from '../../environment.ts'
import { redirectWith } from '../../flash.ts'
import { formBody } from '../../form-body.ts'
import { recentSignIns } from '../../recent-sign-ins.ts'
import { type ListChoice, listChoice, PAGE_SIZE } from '../list-choice.ts'
import { nothingHere, operatorPage } from '../operator-page.tsx'
import { type DeletionRefusal, UserDeletion } from './user-deletion.tsx'
import { UserPage } from './user-page.tsx'
import { USERS_PATH, UsersPage } from './users-page.tsx'

type Call = Context<PortalEnvironment>

const SECTION = 'users'
const USER_ID = idPattern('usr')
const FIRST_PAGE = { limit: 100, cursor: null }

/** Everybody's accounts, and what the operator can do about each. */
export const usersRoutes = new Hono<PortalEnvironment>()

usersRoutes.get('/', async (c) => {
  const choice = listChoice((name) => c.req.query(name))
  const users = await findUsers(c, choice)
  if (users === null) return nothingHere(c)
  return operatorPage(c, { title: 'Users', section: SECTION }, <UsersPage users={users} choice={choice} />)
})

usersRoutes.get('/:id', async (c) => {
  const { ACCOUNTS } = c.env
  const id = c.req.param('id')
  const [user, definitions, memberships, sessions, identities, signIns] = await Promise.all([
    getUser(ACCOUNTS, id),
    readDefinitions(ACCOUNTS),
    listOwnOrganizations(directoriesOf(c.env), { userId: id, search: null, page: FIRST_PAGE }),
    listSessions(ACCOUNTS, id, FIRST_PAGE, Date.now()),
    listIdentities(ACCOUNTS, id, FIRST_PAGE),
    recentSignIns(c, { userId: id }),
  ])
  if (user === null || !memberships.ok || !sessions.ok || !identities.ok) return nothingHere(c)
  const view = {
    user,
    definitions,
    memberships: memberships.value,
    sessions: sessions.value,
    identities: identities.value.items,
    signIns,
  }
  return operatorPage(
    c,
    { title: titleName(user.name ?? user.email), section: SECTION, reading: true },
    <UserPage {...view} />,
  )
})

usersRoutes.post('/:id/sessions/end', async (c) => {
  const user = await getUser(c.env.ACCOUNTS, c.req.param('id'))
  if (user === null) return nothingHere(c)
  const ended = await signOutEverywhere(c, user.id, actorOf(c.var.operator))
  return redirectWith(c, `${USERS_PATH}/${user.id}`, 'sessions_ended', ended)
})

usersRoutes.post('/:id/identities/:identity/unlink', async (c) => {
  const user = await getUser(c.env.ACCOUNTS, c.req.param('id'))
  if (user === null) return nothingHere(c)
  const unlinking = { userId: user.id, id: c.req.param('identity') }
  await unlinkIdentity(c, unlinking, actorOf(c.var.operator))
  return redirectWith(c, `${USERS_PATH}/${user.id}`, 'identity_unlinked')
})

usersRoutes.get('/:id/delete', async (c) => {
  const user = await getUser(c.env.ACCOUNTS, c.req.param('id'))
  return user === null ? nothingHere(c) : showDeletion(c, user, {})
})

/** What cannot be undone is asked for twice: the address has to be typed. */
usersRoutes.post('/:id/delete', async (c) => {
  const user = await getUser(c.env.ACCOUNTS, c.req.param('id'))
  if (user === null) return nothingHere(c)
  const typed = (await formBody(c)).text('email')
  if (typed.toLowerCase() !== user.email) return showDeletion(c, user, { mistyped: true })
  const deleted = await deleteAccount(c.env, user, actorOf(c.var.operator), Date.now())
  if (!deleted.ok) return showDeletion(c, user, { owned: deleted.error.organizations })
  return redirectWith(c, USERS_PATH, 'operator_account_deleted')
})

/** By name and address, or the one whose id was pasted. Null: the cursor is broken, or of another search. */
async function findUsers(c: Call, { search, cursor }: ListChoice): Promise<Slice<User> | null> {
  if (search !== null && USER_ID.test(search)) {
    const user = await getUser(c.env.ACCOUNTS, search)
    return { items: user === null ? [] : [user], nextCursor: null }
  }
  const listed = await listUsers(c.env.ACCOUNTS, { email: null, search, page: { limit: PAGE_SIZE, cursor } })
  return listed.ok ? listed.value : null
}

function showDeletion(c: Call, user: User, refusal: DeletionRefusal): Response | Promise<Response> {
  const status = refusal.owned !== undefined ? 409 : refusal.mistyped ? 422 : 200
  return operatorPage(
    c,
    { title: 'Delete', section: SECTION, reading: true, status },
    <UserDeletion user={user} {...refusal} />,
  )
}
