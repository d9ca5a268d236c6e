import { type PropsWithChildren, useContext } from 'hono/jsx'
import { Icon, type IconName } from './icon.tsx'
import { ReadOnly } from './read-only.ts'

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
  /** The form changes nothing, as a search. */
  readonly reads?: true
}

/** Sends its form. */
export const Button = (props: PropsWithChildren<ButtonProps>) => {
  const { look, icon, small, wide, label, reads, children, ...rest } = props
  if (useContext(ReadOnly) && reads !== true) return null
  return (
    <button type="submit" class={classOf({ look, icon, small, wide })} aria-label={label} {...rest}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  )
}

interface ButtonLinkProps extends LookProps {
  readonly href: string
  /** Leads to a page made of `Confirm`, which the script shows in a dialog. */
  readonly confirms?: boolean
  /** Leads to a form that changes something. */
  readonly changes?: true
}

/** Leads to a page, and looks like a button. */
export const ButtonLink = ({ href, confirms, changes, children, ...look }: PropsWithChildren<ButtonLinkProps>) =>
  useContext(ReadOnly) && (confirms || changes) ? null : (
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
