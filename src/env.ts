import { z } from 'zod'

/** `id:secret` pairs, comma separated; the first signs, all of them verify, so that a key can be rotated out. */
const LinkKeys = z
  .string()
  .transform((text) => text.split(',').map((pair) => pair.trim().split(':')))
  .pipe(z.array(z.tuple([z.string().regex(/^[a-z0-9]{1,8}$/), z.string().min(32)])).min(1))
  .transform((pairs) => pairs.map(([id, secret]) => ({ id, secret })))

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
