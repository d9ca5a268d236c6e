import { z } from 'zod'
import { MAX_INVITATION_DAYS } from '../membership/invitation.ts'
import { httpUrl, line } from './fields.ts'

const Label = z.strictObject({ singular: line(40), plural: line(40) })

const values = {
  sign_up_enabled: z.boolean(),
  max_organizations_per_user: z.int().min(0).max(10_000),
  invitation_expiry_days: z.int().min(1).max(MAX_INVITATION_DAYS),
  organization_label: Label,
  default_seat_limit: z.int().min(1).max(1_000_000_000).nullable(),
  initiate_login_uri: httpUrl.nullable(),
  invitation_mails_per_day: z.int().min(0).max(1_000_000),
}

/** The environment: what the operator has decided for all organizations. */
export const Settings = z.strictObject({ object: z.literal('settings'), ...values })
export type Settings = z.infer<typeof Settings>

export const UpdateSettings = z.strictObject(values).partial()
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
}
