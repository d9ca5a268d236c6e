import type { PropsWithChildren } from 'hono/jsx'
import { Icon, type IconName } from './icon.tsx'

export type Tone = 'info' | 'good' | 'warning' | 'bad'

const ICONS: { readonly [tone in Tone]: IconName } = { info: 'notice', good: 'check', warning: 'notice', bad: 'notice' }

interface AlertProps {
  readonly tone: Tone
  readonly title?: string
}

/** Something to know before going on. What has just gone wrong is read out at once. */
export const Alert = ({ tone, title, children }: PropsWithChildren<AlertProps>) => (
  <div class={`alert ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
    <Icon name={ICONS[tone]} />
    <div>
      {title !== undefined && <strong>{title}</strong>}
      {children}
    </div>
  </div>
)
