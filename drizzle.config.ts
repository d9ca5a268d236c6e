import { defineConfig } from 'drizzle-kit'

/** `npm run migrations` runs this once per database; `MUSTER_DATABASE` says which. */
const organization = process.env.MUSTER_DATABASE === 'organization'

export default defineConfig({
  dialect: 'sqlite',
  ...(organization ? { driver: 'durable-sqlite' } : {}),
  schema: organization ? './src/records/organization-tables.ts' : './src/records/directory-tables.ts',
  out: organization ? './migrations/organization' : './migrations/directory',
})
