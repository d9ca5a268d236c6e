import type { Page } from 'playwright-core'
import type { Person, World } from './portal-world.ts'

export interface PortalPage {
  /** Of the page's pictures and tests. */
  readonly name: string
  /** Who looks; null: somebody who is not signed in. */
  readonly as: Person | null
  readonly path: (world: World) => string
  /** What is done before one looks, once, as opening a menu or sending a form. */
  readonly act?: (page: Page, world: World) => Promise<void>
}

/** Every page of the portal, for the tests of all pages and for the pictures. Whoever adds a page adds it here. */
export const PAGES: readonly PortalPage[] = [
  { name: 'landing', as: null, path: () => '/' },
  { name: 'sign-in', as: null, path: () => '/sign-in' },
  { name: 'sign-in-wrong', as: null, path: () => '/sign-in', act: typeAddress('not an address') },
  { name: 'sign-in-code', as: null, path: () => '/sign-in', act: typeAddress('someone@acme.example') },
  { name: 'sign-in-code-wrong', as: null, path: () => '/sign-in', act: typeWrongCode },
  { name: 'sign-in-dead-link', as: null, path: () => '/sign-in/k1.wrong.link' },
  { name: 'invitation', as: null, path: (world) => world.invitation },
  { name: 'overview', as: 'owner', path: () => '/organizations' },
  { name: 'overview-empty', as: 'stranger', path: () => '/organizations' },
  { name: 'overview-invited', as: 'invitee', path: () => '/organizations' },
  { name: 'overview-not-taken', as: 'invitee', path: () => '/organizations', act: acceptWhatIsGone },
  { name: 'new-organization', as: 'owner', path: () => '/organizations/new' },
  { name: 'account', as: 'owner', path: () => '/account' },
  { name: 'account-leave', as: 'owner', path: () => '/account', act: (page) => page.click('text=Leave') },
  { name: 'account-email', as: 'owner', path: () => '/account/email' },
  { name: 'account-email-wrong', as: 'owner', path: () => '/account/email', act: typeAddress('not an address') },
  { name: 'account-email-code', as: 'stranger', path: () => '/account/email', act: typeAddress('new@acme.example') },
  { name: 'account-delete', as: 'owner', path: () => '/account/delete' },
  { name: 'welcome', as: 'stranger', path: () => '/welcome' },
  { name: 'account-menu', as: 'owner', path: () => '/account', act: (page) => page.click('.menu.end > summary') },
  { name: 'switcher', as: 'owner', path: inAcme(''), act: (page) => page.click('.switcher > summary') },
  { name: 'not-found', as: 'owner', path: inAcme('/nothing') },
  { name: 'members', as: 'owner', path: inAcme('/members') },
  { name: 'members-as-member', as: 'member', path: inAcme('/members') },
  { name: 'audit-log', as: 'owner', path: inAcme('/audit-log') },
  { name: 'audit-log-filtered', as: 'owner', path: inAcme('/audit-log'), act: (page) => page.click('.subject') },
  { name: 'audit-log-person', as: 'owner', path: inAcme('/audit-log?query=ada') },
  { name: 'audit-log-no-match', as: 'owner', path: inAcme('/audit-log?kind=api_key.revoked&to=2020-01-01') },
  { name: 'audit-log-change', as: 'owner', path: inAcme('/audit-log?kind=organization'), act: openFirstEntry },
  { name: 'audit-log-entry', as: 'owner', path: inAcme('/audit-log?kind=invitation.created'), act: openFirstEntry },
  { name: 'audit-log-verified', as: 'owner', path: inAcme('/audit-log/verification') },
  { name: 'audit-log-refused', as: 'member', path: inAcme('/audit-log') },
  { name: 'members-none-found', as: 'owner', path: inAcme('/members?query=zzz') },
]

function inAcme(path: string) {
  return ({ acme }: World): string => `/o/${acme}${path}`
}

async function acceptWhatIsGone(page: Page): Promise<void> {
  const gone = '/organizations/invitations/inv_01h455vb4pex5vsknk084sn02q/accept'
  await page.evaluate(`document.querySelector("main .list form").action = ${JSON.stringify(gone)}`)
  await page.click('main .list form button')
  await page.waitForSelector('.alert.bad')
}

async function openFirstEntry(page: Page): Promise<void> {
  await page.click('.table td.number a')
  await page.waitForLoadState()
}

function typeAddress(address: string) {
  return async (page: Page): Promise<void> => {
    await page.evaluate('document.querySelector("main form").noValidate = true')
    await page.fill('#email', address)
    await page.click('main button[type=submit]')
    await page.waitForLoadState()
  }
}

async function typeWrongCode(page: Page): Promise<void> {
  await typeAddress(`wrong-${Math.random()}@acme.example`)(page)
  await page.fill('#code', '000000')
  await page.click('main button[type=submit]')
  await page.waitForSelector('.error')
}
