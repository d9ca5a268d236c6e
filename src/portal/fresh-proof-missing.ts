export type PendingFields = readonly (readonly [name: string, value: string])[]

/** Thrown by a form that needs fresh proof. The page that asks for a code takes over, and sends the form again. */
export class FreshProofMissing extends Error {
  /** What to send again. Absent: the fields that were sent. Files cannot be sent again. */
  readonly fields: PendingFields | undefined

  constructor(fields?: PendingFields) {
    super()
    this.fields = fields
  }
}
