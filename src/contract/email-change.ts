import * as z from 'zod'
import { email, shownEmail, shownTime } from './fields.ts'
import { code } from './sign-in.ts'

export const RequestEmailChange = z
  .strictObject({ email })
  .meta({ id: 'RequestEmailChange', examples: [{ email: 'bob@new.example' }] })

/** The same for every address, whether another account has it or not. */
export const EmailChangeRequest = z
  .strictObject({
    object: z.literal('email_change'),
    email: shownEmail,
    expires_at: shownTime.describe('Until when the code and the link of the mail work.'),
  })
  .meta({ id: 'EmailChangeRequest' })

export const VerifyEmailChange = z
  .strictObject({ code })
  .meta({ id: 'VerifyEmailChange', examples: [{ code: '123456' }] })
