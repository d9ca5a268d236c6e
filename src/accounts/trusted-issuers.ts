import { createHash } from 'node:crypto'
import { base64url, errors, type JWTPayload, type JWTVerifyResult, jwtVerify } from 'jose'
import { line } from '../contract/fields.ts'
import { parseStrictObject } from '../contract/strict-json.ts'
import type { TrustedIssuer } from '../env.ts'
import { normalizeEmail } from '../membership/email.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { IsolateCache } from './isolate-cache.ts'
import { type KeepAlive, KeysUnavailable, keysAt } from './issuer-keys.ts'

/*
 * Bearer tokens of issuers that the configuration names: compact JWTs (RFC 7519), judged as RFC 8725 advises. A token
 * chooses among the issuers by its `iss`, still unverified; where keys lie and which algorithms count is not its to say.
 */

/** For clocks that do not agree, in seconds. */
const LEEWAY_SECONDS = 60
const MAX_SUBJECT_LENGTH = 255

/** What a token must not decide: where to look for a key, which key to take, how else to read it (RFC 8725, 3.10). */
const REFUSED_HEADERS = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64']
/** ID tokens and access tokens (RFC 9068). Others that an issuer signs, as for logging out, are no credentials (3.11). */
const TYPES = /^(application\/)?(jwt|at\+jwt)$/i

/** What an issuer says about the one who shows its token. */
export interface Vouched {
  readonly issuer: string
  readonly subject: string
  /** Normalized; null unless the issuer has verified it. */
  readonly email: string | null
  readonly name: string | null
  /** When they signed in there, as far as the token tells, in epoch milliseconds. */
  readonly signedInAt: number | null
  /** When the token was issued, in epoch milliseconds; null where it does not say so. */
  readonly issuedAt: number | null
  /** Their last proof there, by `auth_time` alone: a token can be renewed without one. */
  readonly authenticatedAt: number | null
  /** Of the accounts that the issuer may speak for; null: of all. */
  readonly emailDomains: readonly string[] | null
}

export type TokenRefusal = { readonly code: 'unauthenticated' } | { readonly code: 'unavailable' }

const INVALID: Result<never, TokenRefusal> = refuse({ code: 'unauthenticated' })

/** Three parts with dots between them, whatever they may hold. */
export const looksLikeToken = (token: string): boolean => token.split('.').length === 3

interface Verified {
  readonly vouched: Vouched
  readonly expiresAt: number
}

/** By the hash of the token: to check a signature takes several times as long as the request that it is for. */
const remembered = new IsolateCache<Verified>('token', { endsForGood: false })

/** `now` in epoch milliseconds. Once it was found good, a token is taken for five seconds without another look. */
export async function verifyToken(
  token: string,
  issuers: readonly TrustedIssuer[],
  now: number,
  keepAlive: KeepAlive,
): Promise<Result<Vouched, TokenRefusal>> {
  const hash = createHash('sha256').update(token).digest('base64')
  const known = remembered.fresh(issuers, hash, now) ?? null
  if (known !== null && now < known.expiresAt) return ok(known.vouched)
  const judged = await judge(token, issuers, now, keepAlive)
  if (!judged.ok) return judged
  remembered.remember(issuers, hash, judged.value, now)
  return ok(judged.value.vouched)
}

/** Why a token is refused stands in the log, by the name of the check alone. */
async function judge(
  token: string,
  issuers: readonly TrustedIssuer[],
  now: number,
  keepAlive: KeepAlive,
): Promise<Result<Verified, TokenRefusal>> {
  const [header, claims] = token.split('.', 2).map(readPart)
  const issuer = issuers.find(({ issuer }) => issuer === claims?.iss)
  if (header === undefined || header === null || issuer === undefined) return INVALID
  const refused = refusedHeader(header)
  if (refused !== null) return invalid(issuer, refused)
  const verified = await verify(token, issuer, now, keepAlive).catch(reasonOf)
  if (verified === 'keys') return refuse({ code: 'unavailable' })
  if (typeof verified === 'string') return invalid(issuer, verified)
  const vouched = vouchedBy(issuer, verified.payload, now)
  if (vouched === null) return invalid(issuer, 'claims')
  return ok({ vouched, expiresAt: ((verified.payload.exp ?? 0) + LEEWAY_SECONDS) * 1000 })
}

function readPart(part: string): Record<string, unknown> | null {
  try {
    return parseStrictObject(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(base64url.decode(part)))
  } catch {
    return null
  }
}

function refusedHeader(header: Record<string, unknown>): string | null {
  const { typ } = header
  if (typ !== undefined && !(typeof typ === 'string' && TYPES.test(typ))) return 'typ'
  return REFUSED_HEADERS.find((name) => name in header) ?? null
}

async function verify(
  token: string,
  { issuer, audience, algorithms, jwks_uri }: TrustedIssuer,
  now: number,
  keepAlive: KeepAlive,
): Promise<JWTVerifyResult> {
  const options = {
    issuer,
    audience,
    algorithms,
    requiredClaims: ['exp', 'sub'],
    clockTolerance: LEEWAY_SECONDS,
    currentDate: new Date(now),
  }
  try {
    return await jwtVerify(token, keysAt(jwks_uri).finder(now, keepAlive), options)
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    return await verifyWithOneOf(error, token, options)
  }
}

/** Without a `kid`, while an issuer changes its keys, any of them may be the one. */
async function verifyWithOneOf(
  candidates: errors.JWKSMultipleMatchingKeys,
  token: string,
  options: Parameters<typeof jwtVerify>[2],
): Promise<JWTVerifyResult> {
  for await (const key of candidates) {
    try {
      return await jwtVerify(token, key, options)
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error
    }
  }
  throw new errors.JWSSignatureVerificationFailed()
}

/** Null when the claims are not of the form that is asked for, or say that the token is from the future. */
function vouchedBy(issuer: TrustedIssuer, claims: JWTPayload, now: number): Vouched | null {
  const { sub, iat, auth_time, email, email_verified, name, events } = claims
  if (typeof sub !== 'string' || !isSubject(sub)) return null
  if (iat !== undefined && iat > now / 1000 + LEEWAY_SECONDS) return null
  // A security event (RFC 8417) tells of someone; it is not shown by them.
  if (events !== undefined) return null
  const authenticatedAt = pastTime(auth_time, now)
  const signedInAt = authenticatedAt ?? pastTime(iat, now)
  return {
    issuer: issuer.issuer,
    subject: sub,
    email: email_verified === true && typeof email === 'string' ? normalizeEmail(email) : null,
    name: line(200).safeParse(name).data ?? null,
    signedInAt,
    issuedAt: typeof iat === 'number' ? iat * 1000 : null,
    authenticatedAt,
    emailDomains: issuer.email_domains ?? null,
  }
}

/** In epoch milliseconds. Null for anything but a time in seconds that has passed. */
function pastTime(claim: unknown, now: number): number | null {
  if (typeof claim !== 'number' || !(claim >= 0 && claim <= now / 1000 + LEEWAY_SECONDS)) return null
  return Math.min(Math.floor(claim * 1000), now)
}

/** As it is, without trimming: two spellings are two people. Lone surrogates would all become the same character. */
const isSubject = (subject: string): boolean =>
  subject.length >= 1 && subject.length <= MAX_SUBJECT_LENGTH && subject.isWellFormed() && !/\p{Cc}/u.test(subject)

function invalid({ issuer }: TrustedIssuer, reason: string): Result<never, TokenRefusal> {
  console.warn({ message: 'token refused', issuer, reason })
  return INVALID
}

/** Names of errors and claims, never what an error quotes. */
function reasonOf(error: unknown): string {
  if (error instanceof KeysUnavailable) return 'keys'
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) return error.claim
  // What is no JOSEError comes from a key that cannot be used, as one that is too short.
  return error instanceof errors.JOSEError ? error.code : 'key'
}
