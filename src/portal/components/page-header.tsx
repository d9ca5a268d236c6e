import type { Child, PropsWithChildren } from 'hono/jsx'
import { Icon } from './icon.tsx'

interface PageHeaderProps {
  readonly title: Child
  /** What one can do here. */
  readonly actions?: Child
  /** The page that this one lies under. */
  readonly up?: { readonly href: string; readonly name: string }
}

/** The heading of a page; children are a sentence on what it is about. */
export const PageHeader = ({ title, actions, up, children }: PropsWithChildren<PageHeaderProps>) => (
  <div class="page-header">
    <div>
      {up !== undefined && (
        <a class="breadcrumb" href={up.href}>
          <Icon name="back" />
          {up.name}
        </a>
      )}
      <h1>{title}</h1>
      {children !== undefined && <p>{children}</p>}
    </div>
    {actions !== undefined && <div class="actions">{actions}</div>}
  </div>
)
