import type * as z from 'zod'

/** What is wrong with each field of a form, by its name in the contract. The first thing that is wrong is enough. */
export type FormErrors = { readonly [field: string]: string | undefined }

export function formErrors(error: z.core.$ZodError): FormErrors {
  const errors: Record<string, string> = {}
  for (const { path, message } of error.issues) errors[String(path[0] ?? '')] ??= message
  return errors
}
