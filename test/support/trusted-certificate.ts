import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { selfSignedCertificate } from './self-signed-certificate.ts'

/** The host that the runtime under test reaches by TLS. */
export const TRUSTED_HOST = 'localhost'

/**
 * Makes workerd trust a certificate for TRUSTED_HOST, besides those it trusts already. Miniflare reads the variable once,
 * when it is loaded, so this has to come before that. Vitest evaluates its configuration twice; one certificate is made.
 */
export function trustTestCertificate(): void {
  const { NODE_EXTRA_CA_CERTS: already, MUSTER_TEST_CERTIFICATE: made } = process.env
  if (made !== undefined) return
  const directory = mkdtempSync(join(tmpdir(), 'muster-test-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  const { key, cert } = selfSignedCertificate(TRUSTED_HOST)
  process.env.MUSTER_TEST_CERTIFICATE = join(directory, 'localhost.pem')
  process.env.NODE_EXTRA_CA_CERTS = join(directory, 'trusted.pem')
  writeFileSync(process.env.MUSTER_TEST_CERTIFICATE, cert + key, { mode: 0o600 })
  const others = already !== undefined && existsSync(already) ? readFileSync(already, 'utf8') : ''
  writeFileSync(process.env.NODE_EXTRA_CA_CERTS, cert + others)
}

/** Certificate and key in one PEM text, as Node's TLS takes it for either. */
export function readTrustedCertificate(): string {
  const path = process.env.MUSTER_TEST_CERTIFICATE
  if (path === undefined) throw new Error('The test configuration has not called trustTestCertificate')
  return readFileSync(path, 'utf8')
}
