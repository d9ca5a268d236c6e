import * as z from 'zod'
import { LOCATION_HINTS } from './contract/organizations.ts'
import { normalizeEmail } from './membership/email.ts'

const LinkSecret = z
  .string()
  .regex(/^[0-9a-f]{64}$/i, 'A secret has 64 hexadecimal digits, as from: openssl rand -hex 32')
  .refine((text) => !isGuessable(text), 'This secret is not random')

/** `id:secret` pairs, comma separated; the first signs, all of them verify, so that a key can be rotated out. */
const LinkKeys = z
  .string()
  .transform((text) => text.split(',').map((pair) => pair.trim().split(':')))
  .pipe(z.array(z.tuple([z.string().regex(/^[a-z0-9]{1,8}$/), LinkSecret])).min(1))
  .transform((pairs) => pairs.map(([id, secret]) => ({ id, secret })))
  .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, 'An id stands twice')

const MIN_DIFFERENT_CHARACTERS = 8

/** Obviously not random: few different characters, a part repeated, or mostly characters in their order. */
function isGuessable(text: string): boolean {
  const characters = [...text]
  const inOrder = characters.filter((_, index) => Math.abs(text.charCodeAt(index) - text.charCodeAt(index - 1)) <= 1)
  const isRepeated = `${text}${text}`.indexOf(text, 1) < text.length
  return new Set(characters).size < MIN_DIFFERENT_CHARACTERS || isRepeated || inOrder.length * 2 >= text.length
}

/** Signatures that a public key verifies; never `none`, and never one by a secret that both sides share. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/
/** Names that no public resolver answers for (RFC 6761, sections 6.2 and 6.3). */
const RESERVED = /\.(test|localhost)$/

const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname)
const isClear = (text: string): boolean => {
  const url = URL.parse(text)
  return url?.protocol === 'http:' && !isLoopback(url.hostname)
}
const NEEDS_HTTPS = 'https is needed, except for this machine itself'

/** What is fetched decides who gets in, so it must not be changed on the way. */
const KeysUrl = z.url().refine((text) => {
  const { protocol, hostname, username, password } = new URL(text)
  const isSecret = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
  return isSecret && username === '' && password === ''
}, NEEDS_HTTPS)

/** As the domains of normalized addresses are spelled. */
const EmailDomain = z.string().transform((text, context) => {
  const domain = normalizeEmail(`x@${text}`)?.slice(2)
  if (domain !== undefined) return domain
  context.addIssue({ code: 'custom', message: 'This is not the domain of an email address' })
  return z.NEVER
})

const TrustedIssuer = z.strictObject({
  /** Just as it stands in the claim `iss`. */
  issuer: z
    .string()
    .min(1)
    .max(2048)
    .refine((text) => !isClear(text), NEEDS_HTTPS),
  /** One of these must be in the claim `aud`. */
  audience: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .transform((audience) => (typeof audience === 'string' ? [audience] : audience)),
  jwks_uri: KeysUrl,
  algorithms: z.array(z.enum(ALGORITHMS)).min(1).default(['RS256', 'ES256', 'EdDSA', 'PS256']),
  /** The issuer speaks for accounts of these domains only, as in `acme.example`; absent: for all. */
  email_domains: z.array(EmailDomain).min(1).max(1000).optional(),
})

export type TrustedIssuer = z.infer<typeof TrustedIssuer>

const TrustedIssuers = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown
    } catch {
      context.addIssue({ code: 'custom', message: 'This is not JSON' })
      return z.NEVER
    }
  })
  .pipe(z.array(TrustedIssuer).max(100))
  .refine((issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length, 'An issuer stands twice')

/** Host names, comma separated. Ports do not matter. */
const Hosts = z
  .string()
  .transform((text) => text.split(',').flatMap((host) => host.trim() || []))
  .pipe(
    z.array(
      z
        .string()
        .transform((host) => hostnameOf(`https://${host}/`))
        .pipe(z.string().min(1)),
    ),
  )

/** As the host of a URL is compared: lower case, without port and trailing dot. Empty if the text is no URL. */
const hostnameOf = (url: string): string => (URL.parse(url)?.hostname ?? '').replace(/\.$/, '')

export const MIN_OPERATOR_KEY_LENGTH = 32

const DIRECTORY_NAME = /^DIRECTORY(?:_([1-9]\d*))?$/

/** The D1 databases that are bound as directories: `DIRECTORY`, then `DIRECTORY_2` and so on by number. */
export const directoryNames = (env: object): string[] =>
  Object.entries(env)
    .flatMap(([name, value]) => (value && DIRECTORY_NAME.test(name) && typeof value === 'object' ? [name] : []))
    .sort((one, other) => numberOf(one) - numberOf(other))

const numberOf = (name: string): number => Number(DIRECTORY_NAME.exec(name)?.[1] ?? 1)

export const FIRST_DIRECTORY = 'DIRECTORY'

/** Where new organizations go. `configOf` refuses a name that is not bound. */
export const currentDirectory = (env: object): string =>
  (env as { readonly CURRENT_DIRECTORY?: string }).CURRENT_DIRECTORY || FIRST_DIRECTORY

const Config = z.object({
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !isClear(url), NEEDS_HTTPS)
    .transform((url) => url.replace(/\/+$/, '')),
  ALLOWED_HOSTS: Hosts.default([]),
  OPERATOR_KEY: z
    .string()
    .min(MIN_OPERATOR_KEY_LENGTH)
    .refine((text) => !isGuessable(text), 'This key is not random'),
  LINK_KEYS: LinkKeys,
  MAIL_TRANSPORT: z.enum(['mailbox', 'smtp']),
  MAIL_FROM: z.string().min(3),
  SMTP_HOST: z.string().min(1),
  SMTP_PORT: z.coerce.number().int().min(1).max(65_535),
  SMTP_SECURITY: z.enum(['tls', 'starttls', 'none']),
  SMTP_USERNAME: z.string().default(''),
  SMTP_PASSWORD: z.string().default(''),
  TRUSTED_ISSUERS: TrustedIssuers.default([]),
  WAKES_PER_RUN: z.coerce.number().int().min(1).max(20_000).default(4_000),
  CURRENT_DIRECTORY: z.string().default(FIRST_DIRECTORY),
  DIRECTORY_WRITERS: z.coerce.number().int().min(1).max(16).default(1),
  DIRECTORY_LOCATION: z.enum(LOCATION_HINTS).optional(),
})

const SafeConfig = Config.superRefine(({ MAIL_TRANSPORT, PUBLIC_URL }, context) => {
  const host = hostnameOf(PUBLIC_URL)
  if (MAIL_TRANSPORT !== 'mailbox' || isLoopback(host) || RESERVED.test(host)) return
  const message = 'mailbox shows every mail to everybody, so PUBLIC_URL must be of this machine'
  context.addIssue({ code: 'custom', path: ['MAIL_TRANSPORT'], message })
}).transform(({ ALLOWED_HOSTS, ...config }) => ({
  ...config,
  ALLOWED_HOSTS: new Set([hostnameOf(config.PUBLIC_URL), ...ALLOWED_HOSTS]),
}))

/** The deployment's configuration: variables of wrangler.toml, secrets, and locally `.dev.vars`. */
export type Config = z.infer<typeof SafeConfig>

/** Names each wrong variable and what is wrong with it, never its value. */
export class UnsafeConfiguration extends Error {
  override readonly name = 'UnsafeConfiguration'
  readonly variables: readonly string[]

  constructor({ issues }: z.ZodError) {
    const variables = issues.map(({ path: [name], message }) => `${String(name)}: ${message}`)
    super(variables.join('; '))
    this.variables = variables
  }
}

const parsed = new WeakMap<object, Config>()

/** Parses once per isolate. Throws `UnsafeConfiguration`. */
export function configOf(env: object): Config {
  const known = parsed.get(env)
  if (known !== undefined) return known
  const isBound = ({ CURRENT_DIRECTORY }: Config) => directoryNames(env).includes(CURRENT_DIRECTORY)
  const config = SafeConfig.refine(isBound, {
    path: ['CURRENT_DIRECTORY'],
    message: 'No D1 database is bound by this name',
  }).safeParse(env)
  if (!config.success) throw new UnsafeConfiguration(config.error)
  parsed.set(env, config.data)
  return config.data
}

/** Is the request for one of the deployment's own hosts, or for this machine? */
export function isAllowedHost(url: string, { PUBLIC_URL, ALLOWED_HOSTS }: Config): boolean {
  if (url.startsWith(`${PUBLIC_URL}/`)) return true
  const host = hostnameOf(url)
  return ALLOWED_HOSTS.has(host) || isLoopback(host)
}
