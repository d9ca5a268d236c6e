import { type Context, Hono } from 'hono'
import { attributeDefinitions } from '../../../accounts/attributes.ts'
import { UpdateMember } from '../../../contract/members.ts'
import type { Command } from '../../../membership/commands.ts'
import type { DepartureEntry } from '../../../membership/departure.ts'
import type { MemberView } from '../../../membership/queries.ts'
import { organizationClient } from '../../../organization/client.ts'
import { titleName } from '../../components/name.tsx'
import type { PortalEnvironment } from '../../environment.ts'
import { type FlashCode, redirectWith } from '../../flash.ts'
import { formBody } from '../../form-body.ts'
import { withOperatorKeys } from '../../operator-key-names.ts'
import { ask, callerOf, carryOut } from '../../organization-call.ts'
import { recentSignIns } from '../../recent-sign-ins.ts'
import { refusedPage } from '../../refused-page.tsx'
import { shellPage } from '../../shell-page.tsx'
import { MemberPage } from '../member/member-page.tsx'
import { ConfirmRemoval, ConfirmRoleChange, ConfirmSuspension } from './confirmations.tsx'
import { MembersPage } from './members-page.tsx'
import { notDone } from './not-done.tsx'
import { outlookOf } from './outlook.ts'
import { roleNamed } from './role-form.tsx'
import { rosterAddress, rosterChoice, rosterFilter } from './roster-choice.ts'
import { wayBack } from './way-back.ts'

type MemberContext = Context<PortalEnvironment>

const ACTIVITY_SHOWN = 20
const MEMBER = '/:member{mem_[0-9a-z]+}'

const choiceOf = (c: MemberContext) => rosterChoice((name) => c.req.query(name))

export const membersQuestion = (c: MemberContext) => ({ type: 'ViewTeam', roster: rosterFilter(choiceOf(c)) }) as const

/** Who belongs to the organization, and who is invited; each member's page, and what can be done to them. */
export const memberRoutes = new Hono<PortalEnvironment>()

memberRoutes.get('/', async (c) => {
  const { workplace, visitor } = c.var
  const choice = choiceOf(c)
  const viewed = await ask(c, membersQuestion(c))
  // A cursor of another list, as after the filters were changed by hand, leads to the beginning of this one.
  if (!viewed.ok && viewed.error.code === 'invalid') {
    return c.redirect(rosterAddress(`${workplace.path}/members`, { ...choice, cursor: null }))
  }
  if (!viewed.ok) return refusedPage(c, viewed.error)
  const { roster, ...team } = viewed.value
  const people = roster ?? { items: [], nextCursor: null }
  const page = { home: workplace.path, people, choice, outlook: outlookOf(c, team), userId: visitor.user.id }
  return shellPage(c, { title: 'Members', section: 'members' }, <MembersPage {...page} />)
})

memberRoutes.get(MEMBER, async (c) => {
  const activity = { limit: ACTIVITY_SHOWN, cursor: c.req.query('cursor') || null }
  const [viewed, definitions] = await Promise.all([
    ask(c, { type: 'ViewMember', memberId: memberId(c), activity }),
    attributeDefinitions(c.env.ACCOUNTS),
  ])
  if (!viewed.ok) return notDone(c, viewed.error, toList(c))
  const { activity: entries, names: known } = viewed.value
  const names = await withOperatorKeys(c.env.ACCOUNTS, entries?.items ?? [], known)
  const view = { ...viewed.value, names }
  const { userId } = view.member
  // A visitor who may see what the member did may also see how they signed in, as in the API.
  const signIns = entries === null ? undefined : await recentSignIns(c, { userId, organizationId: c.var.workplace.id })
  const page = { view, signIns, definitions, outlook: outlookOf(c, view), userId: c.var.visitor.user.id }
  const { profile, email } = viewed.value.member
  return shellPage(
    c,
    { title: titleName(profile.name ?? email), section: 'members' },
    <MemberPage home={c.var.workplace.path} cursor={activity.cursor} {...page} />,
  )
})

memberRoutes.get(`${MEMBER}/role`, async (c) => {
  const role = c.req.query('role') ?? ''
  const viewed = await ask(c, { type: 'ViewMember', memberId: memberId(c), activity: null })
  if (!viewed.ok) return notDone(c, viewed.error, toList(c))
  const { member, roles } = viewed.value
  const path = `${toList(c).back}/${member.id}`
  const entries = await endingWithRole(c, role)
  if (entries.length === 0) return c.redirect(path)
  const name = member.profile.name ?? member.email
  const props = { entries, name, role: { key: role, name: roleNamed(role, { roles }) }, action: c.req.path, back: path }
  return shellPage(c, { title: 'Change role', section: 'members' }, <ConfirmRoleChange {...props} />)
})

memberRoutes.post(`${MEMBER}/role`, async (c) => {
  const form = await formBody(c)
  const parsed = UpdateMember.shape.role.safeParse(form.text('role'))
  if (!parsed.success || parsed.data === undefined) {
    return notDone(c, { code: 'invalid', path: 'role', message: 'There is no such role.' }, toList(c))
  }
  const role = parsed.data
  if (form.text('confirmed') === '' && (await endingWithRole(c, role)).length > 0) {
    return c.redirect(`${c.req.path}?role=${role}`, 303)
  }
  return act(c, { type: 'UpdateMember', memberId: memberId(c), role, keep: form.all('keep') }, 'role_changed')
})

/** What the person created and the role does not allow. Nothing where the change would be refused: it says so itself. */
async function endingWithRole(c: MemberContext, role: string): Promise<readonly DepartureEntry[]> {
  const command = { type: 'PreviewDeparture', memberId: memberId(c), role } as const
  const client = organizationClient(c.env.ORGANIZATION, c.var.workplace.id)
  const preview = await client.execute({ caller: callerOf(c), command })
  return preview.ok ? preview.value : []
}

memberRoutes.post(`${MEMBER}/reactivate`, (c) =>
  act(c, { type: 'ReactivateMember', memberId: memberId(c) }, 'member_reactivated'),
)

memberRoutes.get(`${MEMBER}/suspend`, (c) => confirm(c, 'Suspend', ConfirmSuspension))
memberRoutes.post(`${MEMBER}/suspend`, (c) =>
  act(c, { type: 'SuspendMember', memberId: memberId(c) }, 'member_suspended'),
)

memberRoutes.get(`${MEMBER}/remove`, (c) => confirm(c, 'Remove', ConfirmRemoval))
memberRoutes.post(`${MEMBER}/remove`, async (c) => {
  const keep = (await formBody(c)).all('keep')
  return act(c, { type: 'RemoveMember', memberId: memberId(c), keep }, 'member_removed')
})

/** Only posted to. Asked for as a page, as after a reload: the person's page. */
memberRoutes.get(`${MEMBER}/reactivate`, (c) => c.redirect(`${toList(c).back}/${memberId(c)}`))

const memberId = (c: MemberContext): string => c.req.param('member') ?? ''

const toList = (c: MemberContext) =>
  ({ section: 'members', back: `${c.var.workplace.path}/members`, name: 'Back to the members' }) as const

async function act(c: MemberContext, command: Command, flash: FlashCode): Promise<Response> {
  const done = await carryOut(c, command)
  return done.ok ? redirectWith(c, wayBack(c), flash) : notDone(c, done.error, { ...toList(c), back: wayBack(c) })
}

/** Asks first, and by name. Whether it may be done shows when it is. */
async function confirm(c: MemberContext, title: string, Confirmation: typeof ConfirmRemoval): Promise<Response> {
  const viewed = await ask(c, { type: 'ViewMember', memberId: memberId(c), activity: null })
  if (!viewed.ok) return notDone(c, viewed.error, toList(c))
  if (!c.var.workplace.may('members:manage')) return refusedPage(c, { code: 'forbidden', permission: 'members:manage' })
  const { member }: MemberView = viewed.value
  const name = member.profile.name ?? member.email
  const preview = title === 'Remove' ? await carryOut(c, { type: 'PreviewDeparture', memberId: member.id }) : null
  const entries = preview?.ok ? preview.value : []
  const props = { entries, name, holdsSeat: member.status === 'active', action: c.req.path, back: toList(c).back }
  return shellPage(c, { title, section: 'members' }, <Confirmation {...props} />)
}
