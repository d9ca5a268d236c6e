import type { EnvironmentEvent } from '../../../membership/environment-event.ts'
import type { Names } from '../../../membership/queries.ts'
import { enumerated, named, operatorPhrase, type Sentence, said, viaLink } from '../../event-sentence.ts'

/* What happened in the deployment, in words. Pure: how people are called now is given, by their ids. */

/** Who did what: `The operator changed the settings: sign-up from on to off`. */
export function environmentEventSentence(event: EnvironmentEvent, names: Names): Sentence {
  return [...actor(event, names), ...viaLink(event, names), ...deed(event, names)]
}

function actor({ actor: { type, id } }: EnvironmentEvent, names: Names): Sentence {
  switch (type) {
    case 'operator':
      return operatorPhrase(id, names)
    case 'invitee':
      return ['The recipient']
    case 'user':
      return [named(names[id ?? ''] ?? 'Somebody who is gone')]
    case 'api_key':
      return ['An API key']
    case 'system':
      return ['Muster']
  }
}

function deed(event: EnvironmentEvent, names: Names): Sentence {
  const { type, target, data } = event
  const whose = isTheirOwn(event) ? ['their own account'] : said`the account of ${personOf(event, names)}`
  switch (type) {
    case 'settings.updated':
      return ['changed the settings: ', ...enumerated(Object.entries(data).map(settingChange))]
    case 'user_attribute.created':
      return [...said`created the user attribute ${named(textOf(data.label) ?? target.id)}`, ` (${target.id})`]
    case 'user_attribute.updated':
      return [
        ...said`changed the user attribute ${named(target.id)}: `,
        ...enumerated(Object.keys(data).map((field) => [ATTRIBUTE_FIELDS[field] ?? field])),
      ]
    case 'user_attribute.deleted':
      return said`deleted the user attribute ${named(target.id)}`
    case 'operator_key.created':
      return said`created the operator key ${named(textOf(data.name) ?? target.id)} with ${named(textOf(data.access) ?? 'some')} access`
    case 'operator_key.revoked':
      return said`revoked the operator key ${named(textOf(data.name) ?? target.id)}`
    case 'user.created':
      return ['created ', ...whose]
    case 'user.updated':
      return ['changed ', ...whose, ': ', ...enumerated(fieldsOf(data).map((field) => [accountField(field)]))]
    case 'user.email_changed':
      return ['changed the address of ', ...whose]
    case 'mail_block.created':
      return said`asked for no more invitations (${named(target.id)})`
    case 'mail_block.removed':
      return said`allowed invitations again (${named(target.id)})`
    case 'user.email_change_taken_back':
      return ['took a change of email back for ', ...whose]
    case 'user.identity_unlinked':
      return said`unlinked the identity provider ${named(String(event.data.issuer))} from ${named(target.id)}`
    case 'user.deleted':
      return isTheirOwn(event) ? ['deleted their own account'] : said`deleted the account ${named(target.id)}`
  }
}

const isTheirOwn = ({ actor, target }: EnvironmentEvent): boolean => actor.type === 'user' && actor.id === target.id

const personOf = ({ target }: EnvironmentEvent, names: Names) => named(names[target.id] ?? 'somebody who is gone')

const SETTINGS: { readonly [field: string]: string } = {
  sign_up_enabled: 'sign-up',
  max_organizations_per_user: 'organizations per person',
  invitation_expiry_days: 'days that an invitation is valid',
  organization_label: 'what an organization is called',
  default_seat_limit: 'the seat limit of new organizations',
  initiate_login_uri: 'where invitees go after accepting',
  invitation_mails_per_day: 'invitation mails per day',
  fresh_proof_minutes: 'how long a proof is fresh, in minutes',
  invitation_mail_interval_seconds: 'the time between two invitation mails to one person',
  invitation_mails_per_recipient_per_day: 'invitation mails per recipient and day',
  invitation_mails_per_inviter_per_day: 'invitation mails per inviting person and day',
  new_organization_mails_per_day: 'invitation mails per new organization and day',
  new_organization_days: 'days that an organization counts as new',
  reserved_slugs: 'reserved slugs',
}

const ATTRIBUTE_FIELDS: { readonly [field: string]: string } = {
  label: 'the label',
  options: 'the options',
  required: 'whether it is required',
  user_editable: 'whether people change it themselves',
}

function settingChange([field, change]: [string, unknown]): Sentence {
  const { from, to } = change as { readonly from?: unknown; readonly to?: unknown }
  return [...said`${named(SETTINGS[field] ?? field)} from ${named(shown(from))} to ${named(shown(to))}`]
}

function shown(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (value === null || value === undefined) return 'none'
  if (typeof value !== 'object') return String(value)
  return Object.values(value).join(' / ') || 'none'
}

const accountField = (field: string): string =>
  field === 'email_verified' ? 'whether the address is verified' : field.replace(/^attributes\./, 'attribute ')

const fieldsOf = ({ fields }: EnvironmentEvent['data']): readonly string[] =>
  Array.isArray(fields) ? fields.map(String) : []

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
