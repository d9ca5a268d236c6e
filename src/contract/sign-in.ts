import * as z from 'zod'
import { email, shownEmail, shownTime } from './fields.ts'
import { Member } from './members.ts'
import { Organization } from './organizations.ts'
import { session } from './sessions.ts'
import { User } from './users.ts'

/** What a sign-in link carries behind its last slash. */
export const SIGN_IN_LINK_EXAMPLE = 'k1.chl_01h455vb4pex5vsknk084sn02q.Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIHNpZ25hdHV'

export const RequestSignIn = z
  .strictObject({ email })
  .meta({ id: 'RequestSignIn', examples: [{ email: 'bob@acme.example' }] })

/** The same for every address, whether it has an account or not, and at a limit, too. */
export const SignInRequest = z
  .strictObject({
    object: z.literal('sign_in'),
    email: shownEmail,
    expires_at: shownTime.describe('Until when the code and the link of a mail that leaves now work.'),
  })
  .meta({ id: 'SignInRequest' })

/** Spaces and hyphens come along when a code is copied or read out. */
export const code = z
  .string()
  .max(20)
  .transform((text) => text.replace(/[\s-]/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, 'A code has six digits.'))
  .meta({ description: 'Six digits, as in the newest mail.', examples: ['123456'] })

export const VerifySignIn = z
  .strictObject({
    email: email.optional(),
    code: code.optional(),
    token: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'The last part of the link.', examples: [SIGN_IN_LINK_EXAMPLE] }),
  })
  .transform(({ email, code, token }, context) => {
    if (email !== undefined && code !== undefined && token === undefined) return { email, code }
    if (email === undefined && code === undefined && token !== undefined) return { token }
    context.addIssue({ code: 'custom', message: 'Send either email and code, or token.' })
    return z.NEVER
  })
  .meta({
    id: 'VerifySignIn',
    description: 'What the mail carried: either email and code, or token.',
    oneOf: [{ required: ['email', 'code'] }, { required: ['token'] }],
    examples: [{ email: 'bob@acme.example', code: '123456' }],
  })

const token = z.string().meta({
  description: 'The credential: `Authorization: Bearer mst_…`. It is never shown again.',
  examples: ['mst_Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIHNlc3Npb24'],
})

/** After an invitation was accepted. */
export const redirectUrl = z.string().meta({
  description: 'Where the product signs the new member in, if the settings name it.',
  examples: [
    'https://product.example/login?organization_id=org_01h455vb4pex5vsknk084sn02q&login_hint=bob%40acme.example',
  ],
})

export const StartedSession = z.strictObject({ ...session, token }).meta({ id: 'StartedSession' })

export const SignedIn = z
  .strictObject({
    ...session,
    token,
    user: User,
    account_created: z.boolean().describe('Was this the first time, and the account made for it?'),
    member: Member.optional().describe(
      'Present if the code was mailed to accept an invitation, and the invitation is now accepted.',
    ),
    organization: Organization.optional().describe('Comes with `member`.'),
    redirect_url: redirectUrl.optional(),
  })
  .meta({ id: 'SignedIn' })
