import type { Permission } from '../../membership/permissions.ts'
import type { OperatorPermission } from '../../membership/rejection.ts'
import { ButtonLink } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import type { IconName } from '../components/icon.tsx'
import { Panel } from '../components/panel.tsx'

interface RefusedProps {
  readonly icon: IconName
  readonly title: string
  readonly texts: readonly string[]
}

const Refused = ({ icon, title, texts }: RefusedProps) => (
  <Panel>
    <EmptyState
      icon={icon}
      title={title}
      level={1}
      actions={<ButtonLink href="/organizations">Go to the overview</ButtonLink>}
    >
      {texts.map((text) => (
        <p>{text}</p>
      ))}
    </EmptyState>
  </Panel>
)

export const NotFoundContent = () => (
  <Refused
    icon="link"
    title="There is nothing here"
    texts={['The address may be wrong, what it led to may be gone, or you may not be a part of it (any more).']}
  />
)

/** Says which permission, so that one knows what to ask an owner for. */
export const ForbiddenContent = ({ permission }: { readonly permission: Permission | OperatorPermission }) => (
  <Refused
    icon="key"
    title="Your role does not allow this"
    texts={[
      permission === 'operator'
        ? 'Only the operator of this deployment may.'
        : `It takes the permission ${permission}.`,
      'Someone who manages the team can give you a role that has it.',
    ]}
  />
)

export const SuspendedContent = () => (
  <Refused
    icon="notice"
    title="Your membership is suspended"
    texts={['You are back in as soon as somebody who manages the team reactivates you. Nothing of yours is lost.']}
  />
)

export const TooOftenContent = ({ text }: { readonly text: string }) => (
  <Refused icon="clock" title="Not so fast" texts={[text]} />
)

export const ConflictContent = ({ text }: { readonly text: string }) => (
  <Refused icon="notice" title="This was not done" texts={[text]} />
)
