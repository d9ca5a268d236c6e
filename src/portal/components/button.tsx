import type { PropsWithChildren } from 'hono/jsx'
import { Icon, type IconName } from './icon.tsx'

export type ButtonLook = 'plain' | 'primary' | 'danger' | 'quiet'

interface LookProps {
  readonly look?: ButtonLook
  readonly icon?: IconName
  readonly small?: boolean
  /** As wide as what it stands in. */
  readonly wide?: boolean
}

interface ButtonProps extends LookProps {
  readonly name?: string
  readonly value?: string
  /** Of a form that the button does not stand in. */
  readonly form?: string
  readonly formaction?: string
  /** Says what it does where several say the same. */
  readonly label?: string
}

/** Sends its form. */
export const Button = ({ look, icon, small, wide, label, children, ...rest }: PropsWithChildren<ButtonProps>) => (
  <button type="submit" class={classOf({ look, icon, small, wide })} aria-label={label} {...rest}>
    {icon !== undefined && <Icon name={icon} />}
    {children}
  </button>
)

interface ButtonLinkProps extends LookProps {
  readonly href: string
  /** Leads to a page made of `Confirm`, which the script shows in a dialog. */
  readonly confirms?: boolean
}

/** Leads to a page, and looks like a button. */
export const ButtonLink = ({ href, confirms, children, ...look }: PropsWithChildren<ButtonLinkProps>) => (
  <a class={classOf(look)} href={href} data-confirms={confirms}>
    {look.icon !== undefined && <Icon name={look.icon} />}
    {children}
  </a>
)

const classOf = ({ look = 'plain', small, wide }: { readonly [key in keyof LookProps]: LookProps[key] | undefined }) =>
  ['button', look !== 'plain' && look, small && 'small', wide && 'wide'].filter(Boolean).join(' ')

/** One form with one button: does something at once. */
export const ActionForm = ({ action, children, ...button }: PropsWithChildren<ButtonProps & { action: string }>) => (
  <form method="post" action={action}>
    <Button {...button}>{children}</Button>
  </form>
)
