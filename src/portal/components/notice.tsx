import type { PropsWithChildren } from 'hono/jsx'
import { Icon, type IconName } from './icon.tsx'

interface NoticeProps {
  readonly icon: IconName
  readonly tone?: 'good' | 'neutral' | 'warning'
}

/** One thing to tell: what is the case, and what to do about it. */
export const Notice = ({ icon, tone = 'neutral', children }: PropsWithChildren<NoticeProps>) => (
  <div class="card notice">
    <span class={`emblem ${tone}`}>
      <Icon name={icon} />
    </span>
    {children}
  </div>
)
