import { defineConfig, type UserWorkspaceConfig } from 'vitest/config'
import type { ProjectConfig } from 'vitest/node'
import { trustTestCertificate } from './test/support/trusted-certificate.ts'

// Miniflare reads which certificates to trust when it is loaded, and static imports are loaded first.
trustTestCertificate()
const { cloudflareTest, readD1Migrations } = await import('@cloudflare/vitest-plugin')

const OPERATOR_KEY = 'ok_test_Qm4vX8sLw2RkTz6JcYp0Hd9NbFe3Ua7Gi'

const RUNTIME = 'test/**/*.runtime.test.ts'
const SYSTEM = 'test/**/*.system.test.ts'
const DEEP = 'test/**/*.deep.*'

/** As in wrangler.toml, except that a batch does not wait for more messages, and a second try comes at once. */
const AT_ONCE = { maxBatchTimeout: 0, retryDelay: 0 }
const QUEUES = {
  'muster-mail': { ...AT_ONCE, maxBatchSize: 20, maxRetries: 8, deadLetterQueue: 'muster-mail-dead' },
  'muster-codes': { ...AT_ONCE, maxBatchSize: 10, maxRetries: 5, deadLetterQueue: 'muster-mail-dead' },
  'muster-mail-dead': { ...AT_ONCE, maxBatchSize: 50, maxRetries: 3 },
  'muster-people': { ...AT_ONCE, maxBatchSize: 50, maxRetries: 3 },
}

/** Which files a project runs. */
type Files = Pick<ProjectConfig, 'include' | 'exclude'>

/**
 * Three scopes, told apart by file name: pure, in workerd, and against the running server or a browser. Each scope has two
 * projects: the files that `npm test` runs, and the deep ones, which take longer, that `npm run test:deep` runs.
 */
export default defineConfig({
  test: {
    projects: [
      unit('unit', { include: ['test/**/*.test.ts'], exclude: [RUNTIME, SYSTEM, DEEP] }),
      unit('deep-unit', { include: ['test/**/*.deep.test.ts'] }),
      runtime('runtime', { include: [RUNTIME], exclude: [DEEP] }),
      runtime('deep-runtime', { include: ['test/**/*.deep.runtime.test.ts'] }),
      system('system', { include: [SYSTEM], exclude: [DEEP] }),
      system('deep-system', { include: ['test/**/*.deep.system.test.ts'] }),
    ],
  },
})

function unit(name: string, files: Files): UserWorkspaceConfig {
  // They change nothing that outlives them, and what they import is loaded once instead of fifty times.
  return { test: { name, ...files, isolate: false } }
}

function runtime(name: string, files: Files): UserWorkspaceConfig {
  return {
    plugins: [
      cloudflareTest(async ({ inject }) => ({
        wrangler: { configPath: './wrangler.toml' },
        miniflare: {
          queueConsumers: QUEUES,
          // Beside `DIRECTORY` of wrangler.toml.
          d1Databases: { DIRECTORY_2: 'muster-directory-2', DIRECTORY_3: 'muster-directory-3' },
          bindings: {
            OPERATOR_KEY,
            LINK_KEYS: 'k1:9f1c4e7ab2d80635e1fa47c9d3b826507c5e9a1f4d3b8e6027ac91f5d0e3b684',
            MAIL_TRANSPORT: 'mailbox',
            SMTP_PASSWORD: '',
            PUBLIC_URL: 'https://muster.test',
            TRUSTED_ISSUERS: JSON.stringify(inject('identityProvider').trusted),
            ACCOUNTS_MIGRATIONS: await readD1Migrations('./migrations/accounts'),
            DIRECTORY_MIGRATIONS: await readD1Migrations('./migrations/directory'),
            LOGS_MIGRATIONS: await readD1Migrations('./migrations/logs'),
          },
        },
      })),
    ],
    test: {
      name,
      ...files,
      globalSetup: ['./test/support/smtp-sink.ts', './test/support/identity-provider.ts'],
      setupFiles: ['./test/support/known-modules.ts', './test/support/clean-slate.ts'],
      // Starting a worker and handing it the application takes longer than most files do. What isolation would
      // give is given by the clean slate, except that an object nobody has called for ten seconds keeps its rows:
      // tests name organizations by fresh ids, never by fixed ones, and put back what they change in globals.
      isolate: false,
      maxWorkers: '100%',
      sequence: { groupOrder: 1 },
      testTimeout: 180_000,
      hookTimeout: 180_000,
    },
  }
}

function system(name: string, files: Files): UserWorkspaceConfig {
  return {
    test: {
      name,
      ...files,
      globalSetup: ['./test/support/shared-server.ts'],
      testTimeout: 60_000,
      hookTimeout: 120_000,
      fileParallelism: false,
    },
  }
}
