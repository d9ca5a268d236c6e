import * as z from 'zod'
import { SIGN_IN_METHODS } from '../membership/sign-in.ts'
import { id, list, page, shownTime } from './fields.ts'

export const session = {
  object: z.literal('session'),
  id: id('ses'),
  user_id: id('usr'),
  organization_id: id('org')
    .nullable()
    .describe('Where the person works at the moment. Null also after they were suspended or removed there.'),
  reach_organization_id: id('org')
    .nullable()
    .describe(
      'The only organization that the session reaches, because an invitation link alone began it. Null: it reaches everything.',
    ),
  method: z.enum(SIGN_IN_METHODS).describe('How they proved who they are.'),
  user_agent: z
    .string()
    .nullable()
    .meta({ description: 'The browser or client, as it called itself.', examples: ['Mozilla/5.0 (Macintosh)'] }),
  current: z.boolean().describe('Is it the session of this very request?'),
  created_at: shownTime,
  authenticated_at: shownTime
    .nullable()
    .describe('The last proof by a mailed code or link; null for a session that an invitation began.'),
  last_seen_at: shownTime.describe('Written down once an hour at most.'),
  expires_at: shownTime.describe('Moves on with use: 7 days after it, and 30 days after the start at the latest.'),
}

export const Session = z.strictObject(session).meta({ id: 'Session' })
export const SessionList = list(Session).meta({ id: 'SessionList' })

export const ListSessions = z.strictObject(page)

export const RevokeSessions = z.strictObject({
  including_current: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .meta({
      description: 'End the session of this request, too?',
      wire: { type: 'boolean', default: false, enum: undefined },
    }),
})

export const ChooseOrganization = z
  .strictObject({ organization_id: id('org').nullable().describe('Null: none.') })
  .meta({ id: 'ChooseOrganization' })
