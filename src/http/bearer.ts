import type { Context } from 'hono'

/** Tokens of identity providers that name someone's groups are long. */
const BEARER = /^Bearer +([\x21-\x7e]{1,8192})$/i

/** The token that the request presents. */
export const bearerOf = (c: Context): string | undefined => BEARER.exec(c.req.header('Authorization') ?? '')?.[1]
