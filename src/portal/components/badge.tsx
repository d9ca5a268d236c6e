import type { PropsWithChildren } from 'hono/jsx'

interface BadgeProps {
  readonly tone?: 'neutral' | 'accent' | 'good' | 'warning' | 'bad'
}

/** A word or two on the state of something. */
export const Badge = ({ tone = 'neutral', children }: PropsWithChildren<BadgeProps>) => (
  <span class={`badge ${tone}`}>{children}</span>
)
