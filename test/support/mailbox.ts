/** What a development server would have mailed. */
export interface Mail {
  readonly subject: string
  readonly text: string
  readonly links: readonly string[]
}

const POLL_MS = 100
const PATIENCE_MS = 30_000

const any = () => true
/** A mail with a code, among others as those about a new device. */
export const hasCode = ({ subject }: Mail): boolean => /^\d{6}\b/.test(subject)

/** The newest mail of a kind to an address, once there are as many as `count`: the queue takes a moment. */
export async function newestMail(
  url: string,
  email: string,
  count = 1,
  isWanted: (mail: Mail) => boolean = any,
): Promise<Mail> {
  const deadline = Date.now() + PATIENCE_MS
  while (Date.now() < deadline) {
    const response = await fetch(`${url}/dev/mailbox.json?to=${encodeURIComponent(email)}`)
    const { data } = (await response.json()) as { readonly data: readonly Mail[] }
    const wanted = data.filter(isWanted)
    const [newest] = wanted
    if (newest !== undefined && wanted.length >= count) return newest
    await new Promise((wait) => setTimeout(wait, POLL_MS))
  }
  throw new Error(`There are no ${count} mails to ${email}`)
}
