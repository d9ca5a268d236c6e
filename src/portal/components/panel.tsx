import type { Child, PropsWithChildren } from 'hono/jsx'

interface PanelProps {
  readonly title?: string
  readonly lead?: Child
  readonly actions?: Child
  readonly danger?: boolean
}

/** A part of a page. What stands in it brings its own room: `PanelBody`, a list, a table, a toolbar. */
export const Panel = ({ title, lead, actions, danger, children }: PropsWithChildren<PanelProps>) => (
  <section class={danger ? 'panel danger' : 'panel'}>
    {title !== undefined && (
      <header>
        <div>
          <h2>{title}</h2>
          {lead !== undefined && <p class="panel-lead">{lead}</p>}
        </div>
        {actions !== undefined && <div class="actions">{actions}</div>}
      </header>
    )}
    {children}
  </section>
)

export const PanelBody = ({ children }: PropsWithChildren) => <div class="body">{children}</div>

/** What is known of one thing, term by term. */
export const Details = ({ children }: PropsWithChildren) => <dl class="details">{children}</dl>

export const Detail = ({ term, children }: PropsWithChildren<{ readonly term: string }>) => (
  <div>
    <dt>{term}</dt>
    <dd>{children}</dd>
  </div>
)
