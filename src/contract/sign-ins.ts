import * as z from 'zod'
import { AUTHENTICATION_METHODS, END_REASONS, REFUSAL_REASONS, SIGN_IN_TYPES } from '../membership/authentication.ts'
import { id, list, oneOrMore, page, shownTime, time } from './fields.ts'

const network = z.string().meta({
  description: 'The /24 of an IPv4 address or the /48 of an IPv6 address.',
  examples: ['203.0.113.0/24'],
})

/** An entry of the authentication log. */
export const SignInEntry = z
  .strictObject({
    object: z.literal('sign_in'),
    id: id('sgn'),
    type: z.enum(SIGN_IN_TYPES).meta({ examples: ['signed_in'] }),
    occurred_at: shownTime,
    user_id: id('usr').nullable().describe('Null for the operator.'),
    session_id: z
      .string()
      .nullable()
      .meta({
        description: 'The session; null where it is about all of them or a token of a trusted issuer.',
        examples: ['ses_01h455vb4pex5vsknk084sn02q'],
      }),
    operator_key_id: id('opk')
      .nullable()
      .describe('The key that the operator signed in with; null for the root key and for people.'),
    organization_id: id('org').nullable().describe('The organization that was entered, where that is known.'),
    method: z
      .enum(AUTHENTICATION_METHODS)
      .nullable()
      .meta({ description: 'How they proved who they are.', examples: ['email_code'] }),
    device: z
      .string()
      .nullable()
      .meta({ description: 'As the client calls itself.', examples: ['Firefox on Windows'] }),
    network: network.nullable(),
    reason: z.enum(END_REASONS).optional().describe('Why a session ended or an identity was unlinked.'),
  })
  .meta({ id: 'SignInEntry' })
export const SignInEntryList = list(SignInEntry).meta({ id: 'SignInEntryList' })

export const ListOwnSignIns = z.strictObject(page)

const period = {
  from: time.optional().describe('Not before this time.'),
  to: time.optional().describe('Before this time.'),
}

export const ListAuthentication = z.strictObject({
  ...page,
  user: id('usr').optional().describe('The id of the person.'),
  type: oneOrMore(SIGN_IN_TYPES).optional(),
  ...period,
})

export const RefusalCount = z
  .strictObject({
    object: z.literal('refusals'),
    hour: shownTime.describe('The start of the hour.'),
    network: z.string().meta({
      description: 'The /24 of an IPv4 address or the /48 of an IPv6 address; `unknown` without either.',
      examples: ['203.0.113.0/24'],
    }),
    reason: z.enum(REFUSAL_REASONS).meta({ examples: ['wrong_code'] }),
    count: z.int().meta({ examples: [12] }),
  })
  .meta({ id: 'RefusalCount' })
export const RefusalCountList = list(RefusalCount).meta({ id: 'RefusalCountList' })

export const ListRefusals = z.strictObject({
  ...page,
  reason: oneOrMore(REFUSAL_REASONS).optional(),
  network: z
    .string()
    .min(1)
    .max(60)
    .optional()
    .meta({ examples: ['203.0.113.0/24'] }),
  ...period,
})
