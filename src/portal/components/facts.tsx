import type { PropsWithChildren } from 'hono/jsx'

export const Facts = ({ children }: PropsWithChildren) => <dl class="facts">{children}</dl>

export const Fact = ({ term, children }: PropsWithChildren<{ readonly term: string }>) => (
  <div>
    <dt dir="auto">{term}</dt>
    <dd>{children}</dd>
  </div>
)
