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

/** The change that a link mailed to the former email can take back. */
export const TakeBackOffer = z
  .strictObject({
    object: z.literal('email_change'),
    email: shownEmail.describe('The former email, which the account gets back.'),
    changed_at: shownTime,
    expires_at: shownTime.describe('Until when the change can be taken back.'),
  })
  .meta({ id: 'TakeBackOffer' })

export const TakenBack = z
  .strictObject({
    object: z.literal('email_change'),
    email: shownEmail.describe('The email that the account has again.'),
    taken_back: z.literal(true),
  })
  .meta({ id: 'TakenBack' })
