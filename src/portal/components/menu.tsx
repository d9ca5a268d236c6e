import { type Child, type PropsWithChildren, useContext } from 'hono/jsx'
import { Icon, type IconName } from './icon.tsx'
import { ReadOnly } from './read-only.ts'

interface MenuProps {
  /** What one clicks on. */
  readonly summary: Child
  /** Says what that is, where it shows no words. */
  readonly label?: string | undefined
  /** Opens towards the left, at the right edge of something. */
  readonly end?: boolean
  /** Without room around the summary. */
  readonly bare?: boolean
  readonly class?: string
}

/** Opens and closes without a script; with it, also by Escape and a click elsewhere. */
export const Menu = ({ summary, label, end, bare, class: name, children }: PropsWithChildren<MenuProps>) => (
  <details class={['menu', end && 'end', bare && 'bare', name].filter(Boolean).join(' ')}>
    <summary aria-label={label}>{summary}</summary>
    <div class="menu-items">{children}</div>
  </details>
)

/** The actions of a row. */
export const RowMenu = ({ label, children }: PropsWithChildren<{ readonly label: string }>) => (
  <Menu end bare label={label} summary={<Icon name="more" />}>
    {children}
  </Menu>
)

interface MenuLinkProps {
  readonly href: string
  readonly icon?: IconName
  readonly current?: boolean
  readonly danger?: boolean
  /** Leads to a page that asks for confirmation, which the script shows in a dialog. */
  readonly confirms?: boolean
}

export const MenuLink = ({ href, icon, current, danger, confirms, children }: PropsWithChildren<MenuLinkProps>) =>
  useContext(ReadOnly) && confirms ? null : (
    <a
      class={danger ? 'menu-item danger' : 'menu-item'}
      href={href}
      aria-current={current ? 'true' : undefined}
      data-confirms={confirms}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </a>
  )

interface MenuActionProps {
  readonly action: string
  readonly icon?: IconName
  readonly danger?: boolean
}

/** Does something at once: for what is harmless or easily taken back. */
export const MenuAction = ({ action, icon, danger, children }: PropsWithChildren<MenuActionProps>) => (
  <form method="post" action={action}>
    <button type="submit" class={danger ? 'menu-item danger' : 'menu-item'}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  </form>
)

export const MenuHeading = ({ children }: PropsWithChildren) => <div class="menu-heading">{children}</div>

/** Why something is not there that one may look for. */
export const MenuNote = ({ children }: PropsWithChildren) => <p class="menu-note">{children}</p>

export const MenuSeparator = () => <hr />
