import type { FormFields } from '../form-body.ts'
import type { StillAsked } from '../introducing.ts'
import { AttributeFields } from './attribute-fields.tsx'
import { Button, ButtonLink } from './button.tsx'

interface IntroductionFormProps {
  /** What is carried on with once it is sent. */
  readonly action: string
  readonly asked: StillAsked
  /** What was typed. */
  readonly form: FormFields
  readonly button: string
  /** Where whoever would rather not goes. */
  readonly back: string
}

/** Asks for what a person must say of themselves before they can go on. */
export const IntroductionForm = ({ action, asked, form, button, back }: IntroductionFormProps) => (
  <form class="form" method="post" action={action}>
    <AttributeFields definitions={asked.definitions} values={{}} typed={form.text} errors={asked.errors} />
    <div class="actions">
      <Button look="primary">{button}</Button>
      <ButtonLink href={back} look="quiet">
        Back
      </ButtonLink>
    </div>
  </form>
)
