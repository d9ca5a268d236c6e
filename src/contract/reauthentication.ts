import * as z from 'zod'
import { id, shownEmail, shownTime } from './fields.ts'
import { Session } from './sessions.ts'
import { code } from './sign-in.ts'

export const ReauthenticationRequest = z
  .strictObject({
    object: z.literal('reauthentication_request'),
    email: shownEmail.describe('The address of the account, where the code is mailed to.'),
    expires_at: shownTime.describe('Until when the code works.'),
  })
  .meta({ id: 'ReauthenticationRequest' })

export const VerifyReauthentication = z
  .strictObject({ code })
  .meta({ id: 'VerifyReauthentication', examples: [{ code: '123456' }] })

/** For a token of a trusted issuer, which has no session. */
const Reauthentication = z
  .strictObject({
    object: z.literal('reauthentication'),
    user_id: id('usr'),
    authenticated_at: shownTime,
  })
  .meta({ id: 'Reauthentication' })

export const Reauthenticated = z
  .union([Session, Reauthentication])
  .meta({ id: 'Reauthenticated', description: 'The session; for a token of a trusted issuer, the proof alone.' })
