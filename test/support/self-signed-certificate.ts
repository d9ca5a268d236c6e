import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** PEM, both; made anew for each run, so that no key lies in the repository and none expires. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

const DAY_MS = 24 * 60 * 60 * 1000

/** X.509 version 3 (RFC 5280), ECDSA P-256, valid for a day around now for the one host name given. */
export function selfSignedCertificate(host: string): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(set(sequence(COMMON_NAME, der(0x0c, Buffer.from(host)))))
  const subjectAltName = sequence(der(0x82, Buffer.from(host)))
  const body = sequence(
    der(0xa0, integer(Buffer.of(2))),
    integer(Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    name,
    sequence(utcTime(Date.now() - DAY_MS / 2), utcTime(Date.now() + DAY_MS / 2)),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, sequence(sequence(SUBJECT_ALT_NAME, der(0x04, subjectAltName)))),
  )
  const signature = der(0x03, Buffer.concat([Buffer.of(0), sign('sha256', body, privateKey)]))
  const certificate = sequence(body, ECDSA_WITH_SHA256, signature).toString('base64')
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  }
}

/** ASN.1 DER (X.690): tag, length in as few bytes as it takes, content. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([Buffer.of(tag, ...lengthOf(body)), body])
}

function lengthOf({ length }: Buffer): number[] {
  if (length < 0x80) return [length]
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
}

const sequence = (...content: readonly Buffer[]): Buffer => der(0x30, ...content)
const set = (...content: readonly Buffer[]): Buffer => der(0x31, ...content)
const integer = (value: Buffer): Buffer => der(0x02, value)
const objectId = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
/** RFC 5280: two digits of the year until 2049. */
const utcTime = (time: number): Buffer =>
  der(
    0x17,
    Buffer.from(
      new Date(time)
        .toISOString()
        .slice(2)
        .replace(/[-:T]|\.\d+/g, ''),
    ),
  )

const COMMON_NAME = objectId('550403')
const SUBJECT_ALT_NAME = objectId('551d11')
const ECDSA_WITH_SHA256 = sequence(objectId('2a8648ce3d040302'))
