import { env } from 'cloudflare:workers'
import { codeOf, signChallengeLink } from '../../src/accounts/challenge-proof.ts'
import type { EmailChallenge } from '../../src/accounts/email-challenges.ts'
import { configOf } from '../../src/env.ts'

/** What the newest mail to an address carries, without the mail. */
export interface Mailed {
  readonly challengeId: string
  readonly code: string
  /** What the link ends with. */
  readonly token: string
}

const { LINK_KEYS } = configOf(env)

export const proofOf = (challenge: Pick<EmailChallenge, 'purpose' | 'id' | 'email'>): Mailed => ({
  challengeId: challenge.id,
  code: codeOf(challenge, LINK_KEYS),
  token: signChallengeLink(challenge, LINK_KEYS),
})

export async function mailedTo(email: string, purpose: EmailChallenge['purpose'] = 'sign_in'): Promise<Mailed> {
  const query = 'select id from email_challenges where purpose = ? and email = ?'
  const id = await env.ACCOUNTS.prepare(query).bind(purpose, email).first<string>('id')
  if (id === null) throw new Error(`No code was asked for by ${email}`)
  return proofOf({ purpose, id, email })
}

/** The codes that are not this one, as many as are asked for. */
export const wrongCodes = (code: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => String((Number(code) + 1 + index) % 1_000_000).padStart(6, '0'))
