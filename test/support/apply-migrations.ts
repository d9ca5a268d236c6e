import { applyD1Migrations, type D1Migration } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

const { DIRECTORY_MIGRATIONS } = env as unknown as { DIRECTORY_MIGRATIONS: D1Migration[] }
await applyD1Migrations(env.DIRECTORY, DIRECTORY_MIGRATIONS)
