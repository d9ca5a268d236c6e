import { randomBytes } from 'node:crypto'
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseEnv } from 'node:util'

/** What local development needs and nobody should have to invent. */
const FRESH: Readonly<Record<string, () => string>> = {
  OPERATOR_KEY: () => `ok_${randomBytes(32).toString('base64url')}`,
  LINK_KEYS: () => `k1:${randomBytes(32).toString('hex')}`,
  SMTP_PASSWORD: () => '',
  MAIL_TRANSPORT: () => 'mailbox',
}

export interface DevSecrets {
  /** Names that were missing and have been added. */
  readonly added: readonly string[]
  readonly values: Readonly<Record<string, string | undefined>>
}

/** Adds what the file lacks and never changes what it has; creates it readable by its owner only. */
export async function ensureDevSecrets(file: string): Promise<DevSecrets> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const present = parseEnv(text)
  const missing = Object.entries(FRESH).filter(([name]) => !(name in present))
  const lines = missing.map(([name, fresh]) => `${name}=${fresh()}\n`).join('')
  if (lines !== '') {
    await mkdir(dirname(file), { recursive: true })
    await appendFile(file, text === '' || text.endsWith('\n') ? lines : `\n${lines}`, { mode: 0o600 })
  }
  return { added: missing.map(([name]) => name), values: { ...present, ...parseEnv(lines) } }
}
