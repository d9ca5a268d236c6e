/*
 * Slugs that no organization gets. Products put a slug into a path or in front of their domain, where these names belong to the
 * product itself, or would let an organization pass for it.
 */

const RESERVED: ReadonlySet<string> = new Set(
  `
  www web app apps api apis admin administrator root system staff official internal operator muster
  login logout signin signout signup sign-in sign-out sign-up register join invite invitation invitations
  auth oauth oauth2 oidc openid sso saml scim account accounts profile password session sessions verify security
  support help helpdesk contact feedback status docs documentation blog news about legal privacy terms imprint abuse
  billing payment payments pricing checkout invoice invoices upgrade subscription subscriptions
  mail email smtp imap pop3 webmail postmaster hostmaster webmaster mailer-daemon noreply no-reply newsletter
  assets static cdn media images files download downloads public
  dev development stage staging test testing demo sandbox preview beta localhost local
  organization organizations team teams user users member members role roles settings dashboard console portal home
  new edit delete create search null undefined everyone webhook webhooks events well-known health metrics
  `
    .trim()
    .split(/\s+/),
)

/** The prefix of internationalized DNS labels (RFC 5890, 2.3.2.1): such a slug would show as another name. */
const ENCODED_LABEL = 'xn--'

/** `added` are those of the deployment. */
export const isReservedSlug = (slug: string, added: readonly string[]): boolean =>
  RESERVED.has(slug) || slug.startsWith(ENCODED_LABEL) || added.includes(slug)
