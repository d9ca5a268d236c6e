import * as z from 'zod'
import { MAX_INVITATION_DAYS } from '../membership/invitation.ts'
import { httpUrl, line, slug } from './fields.ts'

const Label = z
  .strictObject({ singular: line(40), plural: line(40) })
  .meta({ id: 'Label', examples: [{ singular: 'Team', plural: 'Teams' }] })

const hourly = (description: string, example: number) =>
  z
    .int()
    .min(0)
    .max(100_000_000)
    .meta({ description, examples: [example] })

const values = {
  sign_up_enabled: z.boolean().describe('May people sign up, and create organizations of their own?'),
  max_organizations_per_user: z
    .int()
    .min(0)
    .max(10_000)
    .meta({ description: 'How many a person can create.', examples: [10] }),
  invitation_expiry_days: z
    .int()
    .min(1)
    .max(MAX_INVITATION_DAYS)
    .meta({ description: 'How long an invitation is valid that names no expiry of its own.', examples: [15] }),
  organization_label: Label.describe('What pages and mails call an organization.'),
  default_seat_limit: z
    .int()
    .min(1)
    .max(1_000_000_000)
    .nullable()
    .meta({ description: 'Of a new organization; null for no limit.', examples: [5] }),
  initiate_login_uri: httpUrl.nullable().meta({
    description: 'Where an invitee goes after accepting; gets organization_id and login_hint.',
    examples: ['https://product.example/login'],
  }),
  invitation_mails_per_day: z
    .int()
    .min(0)
    .max(1_000_000)
    .meta({ description: 'By one organization.', examples: [2000] }),
  security_mails: z
    .boolean()
    .describe(
      'Whether people are mailed about a new device, a new API key that they created, ownership given or lost, removal and suspension.',
    ),
  fresh_proof_minutes: z
    .int()
    .min(1)
    .max(24 * 60)
    .meta({
      description: 'How long after a mailed code or link a person may do what needs fresh proof.',
      examples: [10],
    }),
  invitation_mail_interval_seconds: z
    .int()
    .min(0)
    .max(3_600)
    .meta({
      description: 'Between two invitation mails of one organization to one email, including canceled invitations.',
      examples: [60],
    }),
  invitation_mails_per_recipient_per_day: z
    .int()
    .min(1)
    .max(1_000)
    .meta({ description: 'To one email, from all organizations together. Further mails are delayed.', examples: [5] }),
  invitation_mails_per_inviter_per_day: z
    .int()
    .min(1)
    .max(1_000_000)
    .meta({ description: 'By one person, in all organizations together. Further mails are delayed.', examples: [500] }),
  new_organization_mails_per_day: z
    .int()
    .min(1)
    .max(1_000_000)
    .meta({
      description: 'By a new organization that the operator has not created. Further mails are delayed.',
      examples: [200],
    }),
  new_organization_days: z
    .int()
    .min(0)
    .max(365)
    .meta({ description: 'How long an organization counts as new.', examples: [7] }),
  code_mails_per_hour: hourly('Mails with codes, by the whole deployment; known devices aside.', 10_000),
  code_mails_per_network_hour: hourly('Mails with codes, asked for from one IPv4 address or IPv6 /64.', 100),
  code_mails_per_wider_network_hour: hourly('Mails with codes, asked for from one IPv4 /24 or IPv6 /48.', 400),
  wrong_codes_per_hour: hourly('Wrong codes, in the whole deployment; known devices aside.', 10_000),
  wrong_codes_per_network_hour: hourly('Wrong codes, from one IPv4 address or IPv6 /64.', 50),
  wrong_codes_per_wider_network_hour: hourly('Wrong codes, from one IPv4 /24 or IPv6 /48.', 200),
  reserved_slugs: z
    .array(slug)
    .max(1_000)
    .meta({
      description:
        'Slugs that no organization can have, in addition to built-in ones such as `www`, `api` and `admin`.',
      examples: [['shop']],
    }),
}

/** The environment: what the operator has decided for all organizations. */
export const Settings = z.strictObject({ object: z.literal('settings'), ...values }).meta({ id: 'Settings' })
export type Settings = z.infer<typeof Settings>

export const UpdateSettings = z
  .strictObject(values)
  .partial()
  .meta({ id: 'UpdateSettings', examples: [{ organization_label: { singular: 'Team', plural: 'Teams' } }] })
export type UpdateSettings = z.infer<typeof UpdateSettings>

export const DEFAULT_SETTINGS: Settings = {
  object: 'settings',
  sign_up_enabled: true,
  max_organizations_per_user: 10,
  invitation_expiry_days: 15,
  organization_label: { singular: 'Organization', plural: 'Organizations' },
  default_seat_limit: null,
  initiate_login_uri: null,
  invitation_mails_per_day: 2000,
  security_mails: true,
  fresh_proof_minutes: 10,
  invitation_mail_interval_seconds: 60,
  invitation_mails_per_recipient_per_day: 5,
  invitation_mails_per_inviter_per_day: 500,
  new_organization_mails_per_day: 200,
  new_organization_days: 7,
  code_mails_per_hour: 10_000,
  code_mails_per_network_hour: 100,
  code_mails_per_wider_network_hour: 400,
  wrong_codes_per_hour: 10_000,
  wrong_codes_per_network_hour: 50,
  wrong_codes_per_wider_network_hour: 200,
  reserved_slugs: [],
}
