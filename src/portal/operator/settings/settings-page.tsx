import type { Settings } from '../../../contract/settings.ts'
import { Button } from '../../components/button.tsx'
import { Checkbox, TextField } from '../../components/field.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import type { FormErrors } from '../../form-errors.ts'
import { MAIL_BLOCKS_PATH } from '../mail-blocks/mail-blocks-page.tsx'
import { type SettingField, textsOf } from './settings-form.ts'

export const SETTINGS_PATH = '/operator/settings'

const NETWORK = 'An IPv4 address, or an IPv6 /64: one household, office or campus.'
const WIDER_NETWORK = 'An IPv4 /24, or an IPv6 /48.'
const LIMITS: readonly (readonly [id: SettingField, label: string, hint: string])[] = [
  ['code_mails_per_network_hour', 'Mails with codes for one network', NETWORK],
  ['code_mails_per_wider_network_hour', 'Mails with codes for a group of networks', WIDER_NETWORK],
  [
    'code_mails_per_hour',
    'Mails with codes in total',
    'New devices get no code once this many were mailed in an hour.',
  ],
  ['wrong_codes_per_network_hour', 'Wrong codes from one network', NETWORK],
  ['wrong_codes_per_wider_network_hour', 'Wrong codes from a group of networks', WIDER_NETWORK],
  [
    'wrong_codes_per_hour',
    'Wrong codes in total',
    'After this many in an hour, new devices need the link in the mail.',
  ],
]

interface SettingsPageProps {
  readonly settings: Settings
  /** What was typed, where it could not be taken. */
  readonly typed?: ((field: string) => string) | undefined
  readonly errors?: FormErrors | undefined
}

export const SettingsPage = ({ settings, typed, errors = {} }: SettingsPageProps) => {
  const texts = textsOf(settings)
  const field = (id: SettingField) => ({ id, value: typed?.(id) ?? texts[id], error: errors[id] })
  return (
    <>
      <PageHeader title="Settings">
        They hold for all organizations, from a few seconds after they are saved.
      </PageHeader>
      <form class="panels" method="post" action={SETTINGS_PATH}>
        <input type="hidden" name="seen" value={typed?.('seen') ?? JSON.stringify(settings)} />
        <Panel title="Signing up">
          <PanelBody>
            <div class="form">
              <Checkbox
                name="sign_up_enabled"
                label="People may sign up"
                hint="And create organizations of their own. Otherwise accounts are made by invitation, and organizations by the operator."
                checked={field('sign_up_enabled').value !== ''}
              />
              <TextField
                {...field('max_organizations_per_user')}
                label="Organizations per person"
                hint="How many somebody can create that exist at the same time."
                inputmode="numeric"
                required
              />
              <TextField
                {...field('default_seat_limit')}
                label="Seat limit of new organizations"
                hint="Empty for no limit. Those that exist keep theirs."
                inputmode="numeric"
                required={false}
              />
              <TextField
                {...field('reserved_slugs')}
                label="Reserved slugs"
                hint="No organization gets these, nor www, api, admin and the like. Separate them with spaces. Existing organizations keep theirs."
                required={false}
              />
            </div>
          </PanelBody>
        </Panel>
        <Panel title="Limits of signing in">
          <PanelBody>
            <div class="form">
              <p class="small">
                Per hour. They slow down programs that mail strangers or guess codes. A device that has signed in to an
                account before has its own share for that account. Links in mails work at any limit.
              </p>
              {LIMITS.map(([id, label, hint]) => (
                <TextField {...field(id)} label={label} hint={hint} inputmode="numeric" required />
              ))}
            </div>
          </PanelBody>
        </Panel>
        <Panel title="Words">
          <PanelBody>
            <div class="form">
              <TextField
                {...field('organization_label_singular')}
                label="One organization is called"
                hint="As in Company, Team or Workspace. Pages and mails use it."
                maxlength={40}
                required
              />
              <TextField
                {...field('organization_label_plural')}
                label="Several are called"
                hint="As in Companies, Teams or Workspaces."
                maxlength={40}
                required
              />
            </div>
          </PanelBody>
        </Panel>
        <Panel title="Invitations">
          <PanelBody>
            <div class="form">
              <TextField
                {...field('invitation_expiry_days')}
                label="Days that an invitation is valid"
                hint="1 to 90, where an invitation says nothing else."
                inputmode="numeric"
                required
              />
              <TextField
                {...field('fresh_proof_minutes')}
                label="Fresh proof, in minutes"
                hint="How long after a code people may change their email, delete, transfer ownership, make owners and create API keys. Then they are asked for a new code. 1 to 1440."
                inputmode="numeric"
                required
              />
              <TextField
                {...field('initiate_login_uri')}
                label="Where invitees go after accepting"
                hint="The page of the product where sign-in begins; it gets organization_id and login_hint. Empty: they stay here."
                type="url"
                maxlength={2048}
                required={false}
              />
            </div>
          </PanelBody>
        </Panel>
        <Panel title="Limits of invitation mail">
          <PanelBody>
            <p>
              <a href={MAIL_BLOCKS_PATH}>Recipients who want no more invitations</a>
            </p>
            <div class="form">
              {MAIL_LIMITS.map(([id, label, hint]) => (
                <TextField {...field(id)} label={label} hint={hint} inputmode="numeric" required />
              ))}
            </div>
          </PanelBody>
        </Panel>
        <Panel title="Security">
          <PanelBody>
            <div class="form">
              <Checkbox
                name="security_mails"
                label="Send security mails"
                hint="To people, about a sign-in on a new device, a new API key of theirs, ownership given or lost, removal and suspension."
                checked={field('security_mails').value !== ''}
              />
            </div>
          </PanelBody>
        </Panel>
        <div class="actions">
          <Button look="primary">Save settings</Button>
        </div>
      </form>
    </>
  )
}

const MAIL_LIMITS: readonly (readonly [id: SettingField, label: string, hint: string])[] = [
  [
    'invitation_mails_per_day',
    'Mails per organization and day',
    'Further invitations are refused. 0 stops all of them.',
  ],
  [
    'invitation_mail_interval_seconds',
    'Seconds between two mails to one person',
    'From the same organization. An earlier invitation is refused.',
  ],
  [
    'invitation_mails_per_recipient_per_day',
    'Mails per recipient and day',
    'From all organizations. Further mails wait.',
  ],
  [
    'invitation_mails_per_inviter_per_day',
    'Mails per inviting person and day',
    'Over all organizations. Further mails wait.',
  ],
  [
    'new_organization_mails_per_day',
    'Mails per new organization and day',
    'For organizations that people have created themselves. Further mails wait.',
  ],
  ['new_organization_days', 'Days that an organization counts as new', '0 to treat no organization as new.'],
]
