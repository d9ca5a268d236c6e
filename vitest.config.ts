import { defineConfig } from 'vitest/config'
import { trustTestCertificate } from './test/support/trusted-certificate.ts'

// Miniflare reads which certificates to trust when it is loaded, and static imports are loaded first.
trustTestCertificate()
const { cloudflareTest, readD1Migrations } = await import('@cloudflare/vitest-plugin')

const OPERATOR_KEY = 'ok_test_Qm4vX8sLw2RkTz6JcYp0Hd9NbFe3Ua7Gi'

/** Three scopes, told apart by file name: pure, in workerd, and against the running server or a browser. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.runtime.test.ts', 'test/**/*.system.test.ts'],
          // They change nothing that outlives them, and what they import is loaded once instead of fifty times.
          isolate: false,
        },
      },
      {
        plugins: [
          cloudflareTest(async ({ inject }) => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                OPERATOR_KEY,
                LINK_KEYS: 'k1:9f1c4e7ab2d80635e1fa47c9d3b826507c5e9a1f4d3b8e6027ac91f5d0e3b684',
                MAIL_TRANSPORT: 'mailbox',
                SMTP_PASSWORD: '',
                PUBLIC_URL: 'https://muster.test',
                TRUSTED_ISSUERS: JSON.stringify(inject('identityProvider').trusted),
                DIRECTORY_MIGRATIONS: await readD1Migrations('./migrations/directory'),
                LOGS_MIGRATIONS: await readD1Migrations('./migrations/logs'),
              },
            },
          })),
        ],
        test: {
          name: 'runtime',
          include: ['test/**/*.runtime.test.ts'],
          globalSetup: ['./test/support/smtp-sink.ts', './test/support/identity-provider.ts'],
          setupFiles: ['./test/support/clean-slate.ts'],
          // Starting a worker and handing it the application takes longer than most files do. What isolation would
          // give is given by the clean slate, except that an object nobody has called for ten seconds keeps its rows:
          // tests name organizations by fresh ids, never by fixed ones, and put back what they change in globals.
          isolate: false,
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/**/*.system.test.ts'],
          globalSetup: ['./test/support/shared-server.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
