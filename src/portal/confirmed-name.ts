import type { FormFields } from './form-body.ts'

export const NOT_THE_NAME = 'This is not the name. Type it exactly as it stands above.'

/** Whoever types the name of what they are about to change for good has looked at which one it is. */
export const isTyped = ({ name }: { readonly name: string }, fields: FormFields): boolean =>
  fields.text('name') === name.trim()
