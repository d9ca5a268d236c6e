import type { Child, PropsWithChildren } from 'hono/jsx'

interface ActionProps {
  readonly title: string
  /** What comes of it. */
  readonly text: Child
}

/** One thing that can be done, beside the button that does it. */
export const Action = ({ title, text, children }: PropsWithChildren<ActionProps>) => (
  <li>
    <span class="main">
      <strong class="title">{title}</strong>
      <span class="soft">{text}</span>
    </span>
    {children}
  </li>
)
