import { type Context, Hono } from 'hono'
import { deleteOwnAccount, type StillOwner } from '../../onboarding/delete-account.ts'
import type { PortalEnvironment } from '../environment.ts'
import { redirectWith } from '../flash.ts'
import { formBody } from '../form-body.ts'
import { isProven } from '../fresh-proof.tsx'
import { FreshProofMissing } from '../fresh-proof-missing.ts'
import { DeletionContent } from '../pages/account/deletion-content.tsx'
import { dropSessionCookie } from '../session-cookie.ts'
import { shellPage } from '../shell-page.tsx'

/** The end of an account. */
export const deletionRoutes = new Hono<PortalEnvironment>()

deletionRoutes.get('/account/delete', (c) => askToDelete(c, {}))

/** What cannot be undone is asked for twice: the address has to be typed. */
deletionRoutes.post('/account/delete', async (c) => {
  const { user } = c.var.visitor
  const typed = (await formBody(c)).text('email')
  if (typed.toLowerCase() !== user.email) return askToDelete(c, { error: 'Type the address of this account.' })
  const by = { actor: { type: 'user', id: user.id }, isProven: () => isProven(c) } as const
  const deleted = await deleteOwnAccount(c.env, user, by, Date.now())
  if (!deleted.ok && deleted.error.code === 'last_owner') return askToDelete(c, { owned: deleted.error.organizations })
  if (!deleted.ok) throw new FreshProofMissing()
  dropSessionCookie(c)
  return redirectWith(c, '/sign-in', 'account_deleted')
})

function askToDelete(
  c: Context<PortalEnvironment>,
  refused: { readonly error?: string; readonly owned?: StillOwner['organizations'] },
): Promise<Response> {
  const status = refused.owned !== undefined ? 409 : refused.error !== undefined ? 422 : 200
  const { email } = c.var.visitor.user
  return shellPage(
    c,
    { title: 'Delete my account', reading: true, status },
    <DeletionContent email={email} {...refused} />,
  )
}
