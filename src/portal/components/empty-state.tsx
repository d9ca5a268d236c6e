import type { Child, PropsWithChildren } from 'hono/jsx'
import { Icon, type IconName } from './icon.tsx'

interface EmptyStateProps {
  readonly icon: IconName
  readonly title: string
  /** Of its heading: 1 where it is all that the page has to say. */
  readonly level?: 1 | 2
  /** What to do about it. */
  readonly actions?: Child
}

/** Where a list would be. */
export const EmptyState = ({ icon, title, level = 2, actions, children }: PropsWithChildren<EmptyStateProps>) => (
  <div class="empty">
    <span class="emblem">
      <Icon name={icon} />
    </span>
    {level === 1 ? <h1>{title}</h1> : <h2>{title}</h2>}
    {children}
    {actions !== undefined && <div class="actions">{actions}</div>}
  </div>
)
