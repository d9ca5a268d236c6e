import { Hono } from 'hono'
import { liftMailBlock, listMailBlocks } from '../../../directory/mail-blocks.ts'
import { actorOf } from '../../../membership/actor.ts'
import type { PortalEnvironment } from '../../environment.ts'
import { redirectWith } from '../../flash.ts'
import { listChoice, PAGE_SIZE } from '../list-choice.ts'
import { nothingHere, operatorPage } from '../operator-page.tsx'
import { MAIL_BLOCKS_PATH, MailBlocksPage } from './mail-blocks-page.tsx'

/** Recipients who want no more invitations. */
export const mailBlocksRoutes = new Hono<PortalEnvironment>()

mailBlocksRoutes.get('/', async (c) => {
  const choice = listChoice((name) => c.req.query(name))
  const blocks = await listMailBlocks(c.env.ACCOUNTS, { limit: PAGE_SIZE, cursor: choice.cursor })
  if (!blocks.ok) return nothingHere(c)
  return operatorPage(
    c,
    { title: 'No more invitations', section: 'settings' },
    <MailBlocksPage blocks={blocks.value} choice={choice} />,
  )
})

mailBlocksRoutes.post('/:block/lift', async (c) => {
  const actor = actorOf(c.var.operator)
  const lifted = await liftMailBlock(c.env.ACCOUNTS, c.req.param('block'), actor, Date.now())
  return lifted ? redirectWith(c, MAIL_BLOCKS_PATH, 'invitations_allowed') : nothingHere(c)
})
