import type { SignInEntry } from '../../accounts/sign-in-list.ts'
import type { AuthenticationMethod, EndReason, SignInType } from '../../membership/authentication.ts'
import { EmptyState } from './empty-state.tsx'
import { Icon } from './icon.tsx'
import { Panel, PanelBody } from './panel.tsx'
import { Time } from './time.tsx'

interface SignInListProps {
  readonly title: string
  readonly lead: string
  /** Null while the authentication log is out of reach. */
  readonly entries: readonly SignInEntry[] | null
}

/** Entries of the authentication log, in words. */
export const SignInList = ({ title, lead, entries }: SignInListProps) => (
  <Panel title={title} lead={lead}>
    {entries === null ? (
      <PanelBody>
        <p class="soft">The sign-ins cannot be shown right now. Try again in a few minutes.</p>
      </PanelBody>
    ) : entries.length === 0 ? (
      <EmptyState icon="clock" title="Nothing yet">
        <p>Sign-ins of the last 90 days are listed here.</p>
      </EmptyState>
    ) : (
      <ul class="list">
        {entries.map((entry) => (
          <li>
            <Icon name="device" />
            <span class="main">
              <span class="title">{signInText(entry)}</span>
              <span class="small">{placeText(entry)}</span>
            </span>
            <span class="small">
              <Time at={entry.occurredAt} precision="minute" />
            </span>
          </li>
        ))}
      </ul>
    )}
  </Panel>
)

/** As in `Signed in with a mailed code`. */
export function signInText({ type, method, reason }: Pick<SignInEntry, 'type' | 'method' | 'reason'>): string {
  if (type === 'signed_in' && method !== null) return `Signed in ${METHODS[method]}`
  return reason === null ? SIGN_IN_TYPE_NAMES[type] : `${SIGN_IN_TYPE_NAMES[type]}: ${REASONS[reason]}`
}

/** As in `Firefox on Windows · 203.0.113.0/24`. */
export const placeText = ({ device, network }: Pick<SignInEntry, 'device' | 'network'>): string =>
  [device, network].filter((text) => text !== null).join(' · ') || 'Unknown device'

export const SIGN_IN_TYPE_NAMES: { readonly [type in SignInType]: string } = {
  signed_in: 'Signed in',
  signed_out: 'Signed out',
  session_ended: 'Session ended',
  organization_entered: 'Opened an organization',
  identity_linked: 'Identity provider linked',
  identity_unlinked: 'Identity provider unlinked',
}

const METHODS: { readonly [method in AuthenticationMethod]: string } = {
  email_code: 'with a mailed code',
  email_link: 'with a mailed link',
  invitation: 'with an invitation',
  trusted_issuer: 'with an identity provider',
  operator_key: 'with an operator key',
}

const REASONS: { readonly [reason in EndReason]: string } = {
  revoked: 'signed out from another device',
  all_revoked: 'signed out everywhere else',
  revoked_by_operator: 'done by the operator',
  email_changed: 'the email changed',
  email_change_taken_back: 'a change of email was taken back',
  other_account: 'changed to another account',
  replaced: 'replaced by a new sign-in',
  key_revoked: 'the operator key was revoked',
}
