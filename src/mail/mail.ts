/** A rendered mail. `links` are the URLs that its text and its HTML lead to, in the order of the text. */
export interface Mail {
  readonly to: { readonly address: string; readonly name: string | null }
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly links: readonly string[]
  /** Where the recipient stops mails like this one. */
  readonly unsubscribeUrl?: string
}
