import { defineConfig } from 'drizzle-kit'

/** `npm run migrations` runs this once per database; `MUSTER_DATABASE` says which. */
const database = process.env.MUSTER_DATABASE ?? 'directory'

const TABLES: { readonly [database: string]: string } = {
  accounts: './src/records/account-tables.ts',
  directory: './src/records/directory-tables.ts',
  logs: './src/records/log-tables.ts',
  organization: './src/records/organization-tables.ts',
}

export default defineConfig({
  dialect: 'sqlite',
  ...(database === 'organization' ? { driver: 'durable-sqlite' } : {}),
  schema: TABLES[database] as string,
  out: `./migrations/${database}`,
})
