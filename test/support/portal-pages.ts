import type { Page } from 'playwright-core'
import { LONG_NAME, type Person, type World } from './portal-world.ts'

export interface PortalPage {
  /** Of the page's pictures and tests. */
  readonly name: string
  /** Who looks; null: somebody who is not signed in. */
  readonly as: Person | 'operator' | null
  readonly path: (world: World) => string
  /** What is done before one looks, once, as opening a menu or sending a form. */
  readonly act?: (page: Page, world: World) => Promise<void>
  /** What it is answered with, if not 200. */
  readonly status?: number
}

const FIRST_ENTRY = '.table td.number a'
const LAST_ENTRY = '.table tr:last-child td.number a'
const OPEN_DIALOG = 'dialog[open] .confirm'

const PASTED = `Ann Lee <ann.lee@acme.example>, bob@acme.example; carol@acme.example
bob@acme.example, not-an-address, alan.turing@acme.example, emmy.noether@acme.example`

/** Every page of the portal, for the tests of all pages and for the pictures. Whoever adds a page adds it here. */
export const PAGES: readonly PortalPage[] = [
  { name: 'landing', as: null, path: () => '/' },
  { name: 'sign-in', as: null, path: () => '/sign-in' },
  { name: 'sign-in-wrong', as: null, path: () => '/sign-in', act: send({ email: 'no address' }), status: 422 },
  { name: 'sign-in-code', as: null, path: () => '/sign-in', act: send({ email: 'someone@acme.example' }) },
  {
    name: 'sign-in-code-wrong',
    ...{ as: null, path: () => '/sign-in', status: 401 },
    act: inTurn(send({ email: 'mistaken@acme.example' }), send({ code: '000000' })),
  },
  { name: 'sign-in-link', as: null, path: () => '/sign-in', act: followMailedLink('linked@acme.example') },
  { name: 'sign-in-dead-link', as: null, path: () => '/sign-in/link/k1.wrong.link', status: 410 },
  { name: 'nothing-to-do', as: null, path: () => '/sign-in/resend', status: 405 },
  { name: 'invitation', as: null, path: ({ links }) => links.open },
  { name: 'invitation-endless', as: null, path: ({ links }) => links.endless },
  { name: 'invitation-accepted', as: null, path: ({ links }) => links.accepted },
  { name: 'invitation-declined', as: null, path: ({ links }) => links.declined, status: 410 },
  { name: 'invitation-canceled', as: null, path: ({ links }) => links.canceled, status: 410 },
  { name: 'invitation-expired', as: null, path: ({ links }) => links.expired, status: 410 },
  { name: 'invitation-unknown', as: null, path: () => '/invitations/wrong', status: 404 },
  { name: 'invitation-unproven', as: null, path: ({ links }) => links.unproven, act: send({}), status: 403 },
  { name: 'invitation-other-account', as: 'owner', path: ({ links }) => links.open, act: send({}), status: 409 },
  { name: 'mailbox', as: null, path: () => '/dev/mailbox?to=ada.lovelace@acme.example' },
  { name: 'mailbox-empty', as: null, path: () => '/dev/mailbox?to=nobody@acme.example' },
  { name: 'overview', as: 'owner', path: () => '/organizations' },
  { name: 'overview-empty', as: 'stranger', path: () => '/organizations' },
  { name: 'overview-invited', as: 'invitee', path: () => '/organizations' },
  { name: 'overview-not-taken', as: 'invitee', path: () => '/organizations', act: acceptWhatIsGone, status: 404 },
  { name: 'new-organization', as: 'owner', path: () => '/organizations/new' },
  { name: 'welcome', as: 'stranger', path: () => '/welcome' },
  { name: 'account', as: 'owner', path: () => '/account' },
  { name: 'account-menu', as: 'owner', path: () => '/account', act: open('.menu.end > summary', '.menu[open]') },
  { name: 'account-leave', as: 'owner', path: () => '/account', act: open('a:text-is("Leave")', OPEN_DIALOG) },
  { name: 'account-email', as: 'owner', path: () => '/account/email' },
  {
    name: 'account-email-wrong',
    ...{ as: 'owner', path: () => '/account/email', act: send({ email: 'no address' }), status: 422 },
  },
  {
    name: 'account-email-code',
    ...{ as: 'stranger', path: () => '/account/email', act: send({ email: 'new@acme.example' }) },
  },
  { name: 'account-delete', as: 'owner', path: () => '/account/delete' },
  {
    name: 'account-delete-refused',
    ...{ as: 'owner', path: () => '/account/delete', status: 409 },
    act: (page, world) => send({ email: world.emailOf('owner') })(page),
  },
  { name: 'not-found', as: 'owner', path: inAcme('/nothing'), status: 404 },
  { name: 'foreign', as: 'stranger', path: inAcme('/members'), status: 404 },
  { name: 'suspended', as: 'suspended', path: inAcme('/members'), status: 403 },
  { name: 'forbidden', as: 'member', path: inAcme('/api-keys'), status: 403 },
  { name: 'not-done', as: 'owner', path: inAcme('/members/invitations/inv_gone/cancel'), status: 404 },
  { name: 'switcher', as: 'owner', path: inAcme(''), act: open('.switcher > summary', '.switcher[open]') },

  { name: 'members', as: 'owner', path: inAcme('/members') },
  { name: 'members-as-admin', as: 'admin', path: inAcme('/members') },
  { name: 'members-as-member', as: 'member', path: inAcme('/members') },
  { name: 'members-pending', as: 'owner', path: inAcme('/members?status=pending') },
  { name: 'members-none-found', as: 'owner', path: inAcme('/members?query=zzz') },
  { name: 'members-alone', as: 'owner', path: ({ alone }) => `/o/${alone}/members` },
  { name: 'members-full', as: 'owner', path: ({ full }) => `/o/${full}/members` },
  { name: 'member-menu', as: 'owner', path: inAcme('/members?query=turing'), act: openRowMenu },
  { name: 'member-menu-note', as: 'admin', path: inAcme('/members?query=hamilton'), act: openRowMenu },
  { name: 'invitation-menu', as: 'owner', path: inAcme('/members?query=wilson'), act: openRowMenu },
  { name: 'member-dialog', as: 'owner', path: inAcme('/members?query=turing'), act: inTurn(openRowMenu, openRemoval) },
  { name: 'member-remove', as: 'owner', path: ofMember('Alan Turing', '/remove') },
  { name: 'member-suspend', as: 'owner', path: ofMember('Alan Turing', '/suspend') },
  { name: 'invitation-cancel', as: 'owner', path: ofInvitation('emmy.noether@acme.example', '/cancel') },
  { name: 'invitation-link', as: 'owner', path: ofInvitation('emmy.noether@acme.example', '/link') },
  { name: 'member', as: 'owner', path: ofMember('Barbara Liskov', '') },
  { name: 'member-long-name', as: 'owner', path: ofMember(LONG_NAME, '') },
  { name: 'member-as-member', as: 'member', path: ofMember('Grace Hopper', '') },

  { name: 'invite', as: 'owner', path: inAcme('/members/invite') },
  {
    name: 'invite-wrong',
    ...{ as: 'owner', path: inAcme('/members/invite'), status: 422 },
    act: send({ addresses: ' ' }),
  },
  { name: 'invite-file', as: 'owner', path: inAcme('/members/invite/file') },
  { name: 'invite-full', as: 'owner', path: ({ full }) => `/o/${full}/members/invite` },
  { name: 'invite-preview', as: 'owner', path: inAcme('/members/invite'), act: send({ addresses: PASTED }) },
  {
    name: 'invite-result',
    ...{ as: 'owner', path: ({ other }: World) => `/o/${other}/members/invite` },
    act: inTurn(send({ addresses: PASTED }), send({})),
  },

  { name: 'audit-log', as: 'owner', path: inAcme('/audit-log') },
  { name: 'audit-log-filtered', as: 'owner', path: inAcme('/audit-log'), act: follow('.subject') },
  { name: 'audit-log-person', as: 'owner', path: inAcme('/audit-log?query=ada') },
  { name: 'audit-log-no-match', as: 'owner', path: inAcme('/audit-log?kind=api_key.revoked&to=2020-01-01') },
  { name: 'audit-log-change', as: 'owner', path: inAcme('/audit-log?kind=organization'), act: follow(FIRST_ENTRY) },
  {
    name: 'audit-log-entry',
    as: 'owner',
    path: inAcme('/audit-log?kind=invitation.created'),
    act: follow(LAST_ENTRY),
  },
  { name: 'audit-log-verified', as: 'owner', path: inAcme('/audit-log/verification') },
  { name: 'audit-log-refused', as: 'member', path: inAcme('/audit-log'), status: 403 },

  { name: 'seats', as: 'owner', path: inAcme('/seats') },
  { name: 'seats-full', as: 'owner', path: ({ full }) => `/o/${full}/seats` },
  { name: 'roles', as: 'owner', path: inAcme('/roles') },
  { name: 'roles-as-member', as: 'member', path: inAcme('/roles') },
  { name: 'role', as: 'owner', path: inAcme('/roles/engineer') },
  { name: 'role-new', as: 'owner', path: inAcme('/roles/new') },
  {
    name: 'role-new-wrong',
    ...{ as: 'owner', path: inAcme('/roles/new'), status: 422 },
    act: send({ name: 'Auditor', key: 'Not a key' }),
  },
  { name: 'role-delete', as: 'owner', path: inAcme('/roles/engineer/delete') },
  { name: 'api-keys', as: 'owner', path: inAcme('/api-keys') },
  { name: 'api-keys-none', as: 'owner', path: ({ alone }) => `/o/${alone}/api-keys` },
  { name: 'api-key-new', as: 'owner', path: inAcme('/api-keys/new') },
  {
    name: 'api-key-created',
    ...{ as: 'owner', path: ({ other }: World) => `/o/${other}/api-keys/new`, status: 201 },
    act: inTurn(check('permissions', 'members:read'), send({ name: 'Nightly sync' })),
  },
  { name: 'api-key-revoke', as: 'owner', path: ({ acme, apiKey }) => `/o/${acme}/api-keys/${apiKey}/revoke` },
  { name: 'settings', as: 'owner', path: inAcme('/settings') },
  { name: 'settings-as-member', as: 'member', path: inAcme('/settings') },
  {
    name: 'settings-taken',
    ...{ as: 'owner', path: inAcme('/settings'), status: 409 },
    act: (page, { other }) => send({ slug: other })(page),
  },
  { name: 'leave', as: 'member', path: inAcme('/settings/leave') },
  { name: 'leave-refused', as: 'owner', path: inAcme('/settings/leave'), act: send({}), status: 409 },
  { name: 'delete', as: 'owner', path: inAcme('/settings/delete') },
  { name: 'transfer', as: 'owner', path: inAcme('/settings/transfer') },
  { name: 'transfer-alone', as: 'owner', path: ({ alone }) => `/o/${alone}/settings/transfer` },
  {
    name: 'transfer-mistyped',
    ...{ as: 'owner', path: ({ acme, members }: World) => `/o/${acme}/settings/transfer/${members['Grace Hopper']}` },
    ...{ act: send({ name: 'Acme' }), status: 422 },
  },

  { name: 'operator-sign-in', as: null, path: () => '/operator/sign-in' },
  { name: 'operator-nothing', as: 'operator', path: () => '/operator/users/usr_gone', status: 404 },
  { name: 'operator-organizations', as: 'operator', path: () => '/operator/organizations' },
  {
    name: 'operator-organization',
    as: 'operator',
    path: () => '/operator/organizations?query=acme',
    act: follow('main .title'),
  },
  { name: 'operator-new-organization', as: 'operator', path: () => '/operator/organizations/new' },
  { name: 'operator-users', as: 'operator', path: () => '/operator/users' },
  { name: 'operator-user', as: 'operator', path: () => '/operator/users?query=ada', act: follow('main .title') },
  {
    name: 'operator-user-delete',
    as: 'operator',
    path: () => '/operator/users?query=ada',
    act: inTurn(follow('main .title'), open('main .danger a.button', OPEN_DIALOG)),
  },
  { name: 'operator-attributes', as: 'operator', path: () => '/operator/attributes' },
  { name: 'operator-new-attribute', as: 'operator', path: () => '/operator/attributes/new-attribute' },
  { name: 'operator-sign-ins', as: 'operator', path: () => '/operator/sign-ins' },
  { name: 'operator-refusals', as: 'operator', path: () => '/operator/sign-ins/refusals' },
  { name: 'operator-events', as: 'operator', path: () => '/operator/events' },
  { name: 'operator-settings', as: 'operator', path: () => '/operator/settings' },
  { name: 'operator-health', as: 'operator', path: () => '/operator/health' },
]

function inAcme(path: string) {
  return ({ acme }: World): string => `/o/${acme}${path}`
}

function ofMember(name: string, path: string) {
  return ({ acme, members }: World): string => `/o/${acme}/members/${members[name]}${path}`
}

function ofInvitation(email: string, path: string) {
  return ({ acme, invitations }: World): string => `/o/${acme}/members/invitations/${invitations[email]}${path}`
}

type Act = NonNullable<PortalPage['act']>

function inTurn(...acts: readonly Act[]): Act {
  return async (page, world) => {
    for (const act of acts) await act(page, world)
  }
}

function open(selector: string, opened: string) {
  return async (page: Page): Promise<void> => {
    await page.locator(selector).first().click()
    await page.locator(opened).waitFor()
  }
}

function openRowMenu(page: Page): Promise<void> {
  return open('tbody .menu > summary', 'tbody .menu[open]')(page)
}

function openRemoval(page: Page): Promise<void> {
  return open('.menu[open] .danger', OPEN_DIALOG)(page)
}

function check(name: string, value: string) {
  return (page: Page): Promise<void> => page.check(`[name=${name}][value="${value}"]`)
}

/** Fills fields and sends the page's form; what browsers would object to is left to the server. */
function send(fields: Readonly<Record<string, string>>) {
  return async (page: Page): Promise<void> => {
    await page.evaluate('for (const form of document.forms) form.noValidate = true')
    for (const [id, value] of Object.entries(fields)) await page.fill(`#${id}`, value)
    const button = page.locator('main form[method=post] :is(.primary, .danger)').first()
    await Promise.all([page.waitForEvent('load'), button.click()])
  }
}

function follow(selector: string) {
  return async (page: Page): Promise<void> => {
    await Promise.all([page.waitForEvent('load'), page.locator(selector).first().click()])
  }
}

async function acceptWhatIsGone(page: Page): Promise<void> {
  const gone = '/organizations/invitations/inv_01h455vb4pex5vsknk084sn02q/accept'
  await page.evaluate(`document.querySelector('main .list form').action = ${JSON.stringify(gone)}`)
  await Promise.all([page.waitForEvent('load'), page.locator('main .list form button').first().click()])
}

function followMailedLink(email: string): Act {
  return async (page, world) => {
    await send({ email })(page)
    await page.goto(await world.linkOf(email))
  }
}
