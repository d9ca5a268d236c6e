export const MAX_EMAIL_LENGTH = 254
/** RFC 5321, 4.5.3.1.1. A valid local part is ASCII, so its characters are its octets. */
const MAX_LOCAL_PART_LENGTH = 64

/** The HTML standard's definition of a valid e-mail address (input type=email), plus at least one dot in the domain. */
const VALID =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/

/** What would make the URL parser read something else than a host name. */
const NOT_IN_A_HOST = /[\s/?#@:[\]\\%<>^|]/

/** Of these characters alone, and without labels of IDNA, a host name comes out of the URL parser as it went in. */
const PLAIN = /^(?!.*xn--)[a-z0-9.-]+$/

/** A domain whose last label is a number is an IPv4 address to the URL parser (WHATWG URL, "ends in a number"). */
const ENDS_IN_NUMBER = /\.(?:\d+|0x[0-9a-f]*)$/i

/**
 * The one spelling under which an address is compared and kept: trimmed, Unicode NFC, lower case, domain as A-labels
 * (IDNA, by the WHATWG URL parser). Answers null when the text is no address of at most 254 characters, 64 of them
 * before the @.
 */
export function normalizeEmail(text: string): string | null {
  const trimmed = text.trim().normalize('NFC').toLowerCase()
  const at = trimmed.lastIndexOf('@')
  if (at < 1 || trimmed.length > 4 * MAX_EMAIL_LENGTH) return null
  const domain = domainToAscii(trimmed.slice(at + 1))
  if (domain === null) return null
  const email = `${trimmed.slice(0, at)}@${domain}`
  if (at > MAX_LOCAL_PART_LENGTH || email.length > MAX_EMAIL_LENGTH) return null
  return VALID.test(email) ? email : null
}

/**
 * The mailbox that mails to an address count for: `ann+news@x.com` is one with `ann@x.com`. Only for limits on mail and for
 * the wish for no more invitations; as people they are two.
 */
export const mailboxOf = (email: string): string => email.replace(/^([^+@]+)\+[^@]*@/, '$1@')

function domainToAscii(domain: string): string | null {
  if (domain === '' || NOT_IN_A_HOST.test(domain) || ENDS_IN_NUMBER.test(domain)) return null
  if (PLAIN.test(domain)) return domain
  const url = URL.parse(`http://${domain}`)
  return url === null || ENDS_IN_NUMBER.test(url.hostname) ? null : url.hostname
}
