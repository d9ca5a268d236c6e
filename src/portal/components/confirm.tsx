import type { PropsWithChildren } from 'hono/jsx'
import { Alert } from './alert.tsx'
import { Button, ButtonLink } from './button.tsx'

interface ConfirmProps {
  readonly title: string
  /** Where saying yes is sent. */
  readonly action: string
  /** What yes is called: the deed itself, as in `Remove member`. */
  readonly verb: string
  /** Where one goes on without having done it. */
  readonly cancel: string
  /** What no is called, where `Cancel` could be taken for yes. */
  readonly keep?: string
  readonly harmless?: boolean
  /** Why it was not done when it was last asked for. */
  readonly error?: string | null | undefined
}

/**
 * Asks before something is done that is not easily taken back. A page of its own at the address that links marked with
 * `confirms` lead to; the script shows the same in a dialog. Children say what will happen, and may hold fields.
 */
export const Confirm = ({
  title,
  action,
  verb,
  cancel,
  keep = 'Cancel',
  harmless,
  error,
  children,
}: PropsWithChildren<ConfirmProps>) => (
  <section class="confirm panel" aria-labelledby="confirm-title">
    <h1 id="confirm-title">{title}</h1>
    {error !== undefined && error !== null && <Alert tone="bad">{error}</Alert>}
    <form method="post" action={action}>
      {children}
      <div class="actions">
        <span data-close>
          <ButtonLink href={cancel}>{keep}</ButtonLink>
        </span>
        <Button look={harmless ? 'primary' : 'danger'}>{verb}</Button>
      </div>
    </form>
  </section>
)
