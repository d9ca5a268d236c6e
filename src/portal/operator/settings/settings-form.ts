import type * as z from 'zod'
import { DEFAULT_SETTINGS, Settings, UpdateSettings } from '../../../contract/settings.ts'
import { ok, type Result, refuse } from '../../../membership/result.ts'
import type { FormFields } from '../../form-body.ts'
import type { FormErrors } from '../../form-errors.ts'
import { wholeNumber } from '../whole-number.ts'

/** The fields of the form, by the names of the contract. */
export type SettingField =
  | Exclude<keyof UpdateSettings, 'organization_label'>
  | 'organization_label_singular'
  | 'organization_label_plural'

/** Settings that are whole numbers, never null. */
const NUMBERS = [
  'max_organizations_per_user',
  'invitation_expiry_days',
  'invitation_mails_per_day',
  'invitation_mail_interval_seconds',
  'invitation_mails_per_recipient_per_day',
  'invitation_mails_per_inviter_per_day',
  'new_organization_mails_per_day',
  'new_organization_days',
  'fresh_proof_minutes',
  'code_mails_per_hour',
  'code_mails_per_network_hour',
  'code_mails_per_wider_network_hour',
  'wrong_codes_per_hour',
  'wrong_codes_per_network_hour',
  'wrong_codes_per_wider_network_hour',
] as const satisfies readonly SettingField[]

/** As the form shows what is set. */
export const textsOf = ({ organization_label: label, ...settings }: Settings): Record<SettingField, string> => ({
  ...byNumber((field) => String(settings[field])),
  sign_up_enabled: settings.sign_up_enabled ? 'on' : '',
  organization_label_singular: label.singular,
  organization_label_plural: label.plural,
  default_seat_limit: String(settings.default_seat_limit ?? ''),
  initiate_login_uri: settings.initiate_login_uri ?? '',
  security_mails: settings.security_mails ? 'on' : '',
  reserved_slugs: settings.reserved_slugs.join(' '),
})

const byNumber = <T>(read: (field: (typeof NUMBERS)[number]) => T) =>
  Object.fromEntries(NUMBERS.map((field) => [field, read(field)])) as Record<(typeof NUMBERS)[number], T>

/**
 * What the form changes of what it was shown with: the rest may have been changed by somebody else meanwhile, and stays.
 * Or what is wrong, by field.
 */
export function settingsFromForm(fields: FormFields): Result<UpdateSettings, FormErrors> {
  const number = (field: SettingField) => wholeNumber(fields.text(field))
  const parsed = UpdateSettings.safeParse({
    sign_up_enabled: fields.text('sign_up_enabled') !== '',
    ...byNumber(number),
    organization_label: {
      singular: fields.text('organization_label_singular'),
      plural: fields.text('organization_label_plural'),
    },
    default_seat_limit: fields.text('default_seat_limit') === '' ? null : number('default_seat_limit'),
    initiate_login_uri: fields.text('initiate_login_uri') || null,
    security_mails: fields.text('security_mails') !== '',
    reserved_slugs: fields
      .text('reserved_slugs')
      .split(/[\s,]+/)
      .filter(Boolean),
  })
  if (!parsed.success) return refuse(errorsOf(parsed.error))
  const seen = seenIn(fields)
  const changed = Object.entries(parsed.data).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(seen?.[field as keyof UpdateSettings]),
  )
  return ok(Object.fromEntries(changed))
}

function errorsOf({ issues }: z.core.$ZodError): FormErrors {
  const errors: Record<string, string> = {}
  for (const { path, code, message } of issues) {
    errors[fieldOf(path)] ??= code === 'invalid_type' ? 'Enter a whole number.' : message
  }
  return errors
}

/** A list is one field of the form, a label two. */
const fieldOf = (path: readonly PropertyKey[]): string =>
  path[0] === 'reserved_slugs' ? 'reserved_slugs' : path.join('_')

/** What the form was shown with; null where it does not say so, and then everything counts. */
function seenIn(fields: FormFields): Settings | null {
  try {
    return Settings.parse({ ...DEFAULT_SETTINGS, ...JSON.parse(fields.text('seen')) })
  } catch {
    return null
  }
}
