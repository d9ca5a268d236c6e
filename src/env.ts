import * as z from 'zod'

/** `id:secret` pairs, comma separated; the first signs, all of them verify, so that a key can be rotated out. */
const LinkKeys = z
  .string()
  .transform((text) => text.split(',').map((pair) => pair.trim().split(':')))
  .pipe(z.array(z.tuple([z.string().regex(/^[a-z0-9]{1,8}$/), z.string().min(32)])).min(1))
  .transform((pairs) => pairs.map(([id, secret]) => ({ id, secret })))

/** Signatures that a public key verifies; never `none`, and never one by a secret that both sides share. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** What is fetched decides who gets in, so it must not be changed on the way. */
const KeysUrl = z.url().refine((text) => {
  const { protocol, hostname, username, password } = new URL(text)
  const isSecret = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))
  return isSecret && username === '' && password === ''
}, 'https is needed, except for this machine itself')

const TrustedIssuer = z.strictObject({
  /** Just as it stands in the claim `iss`. */
  issuer: z.string().min(1).max(2048),
  /** One of these must be in the claim `aud`. */
  audience: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .transform((audience) => (typeof audience === 'string' ? [audience] : audience)),
  jwks_uri: KeysUrl,
  algorithms: z.array(z.enum(ALGORITHMS)).min(1).default(['RS256', 'ES256', 'EdDSA', 'PS256']),
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

const Config = z.object({
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  OPERATOR_KEY: z.string().min(32),
  LINK_KEYS: LinkKeys,
  MAIL_TRANSPORT: z.enum(['mailbox', 'smtp']),
  MAIL_FROM: z.string().min(3),
  SMTP_HOST: z.string().min(1),
  SMTP_PORT: z.coerce.number().int().min(1).max(65_535),
  SMTP_SECURITY: z.enum(['tls', 'starttls', 'none']),
  SMTP_USERNAME: z.string().default(''),
  SMTP_PASSWORD: z.string().default(''),
  TRUSTED_ISSUERS: TrustedIssuers.default([]),
})

/** The deployment's configuration: variables of wrangler.toml, secrets, and locally `.dev.vars`. */
export type Config = z.infer<typeof Config>

const parsed = new WeakMap<object, Config>()

/** Parses once per isolate. Throws a ZodError that names each wrong variable, never its value. */
export function configOf(env: object): Config {
  let config = parsed.get(env)
  if (config === undefined) {
    config = Config.parse(env)
    parsed.set(env, config)
  }
  return config
}
