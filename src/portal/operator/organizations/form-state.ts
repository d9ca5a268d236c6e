import type { FormErrors } from '../../form-errors.ts'

/** What became of a form when it was last sent; empty for one that is looked at first. */
export interface FormState {
  /** As it was typed. */
  readonly typed?: (field: string) => string
  readonly errors?: FormErrors
  readonly refusal?: string
}

export const isRefused = ({ refusal }: FormState): boolean => refusal !== undefined
export const isWrong = ({ errors }: FormState): boolean => errors !== undefined
