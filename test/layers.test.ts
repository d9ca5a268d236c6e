import { globSync, readFileSync } from 'node:fs'
import { dirname, posix, resolve } from 'node:path'
import { parseSync, Visitor } from 'vite'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')

/** From the entry down to the rules. A part imports those in the lines below its own, none above and none beside it. */
const LAYERS = [
  ['index'],
  ['http', 'portal', 'jobs', 'scim'],
  ['onboarding'],
  ['accounts', 'organization', 'directory', 'mail'],
  ['env'],
  ['records'],
  ['contract'],
  ['membership'],
]

/** The object's shell constructs its own relay. */
const EXCEPTIONS: Record<string, string> = { 'src/organization/organization-object.ts': 'directory' }

/** What the lowest parts take from outside; the others may take what they need. */
const OUTSIDE: Record<string, RegExp> = {
  records: /^(drizzle-orm(\/.*)?|node:crypto|canonicalize)$/,
  contract: /^zod$/,
  membership: /^$/,
}

const partOf = (file: string): string | undefined => /^src\/([\w-]+)/.exec(file)?.[1]
const rank = (part: string): number => LAYERS.findIndex((parts) => parts.includes(part))

/** Every module that a file names: in imports and re-exports, of values or types, at the top or inside. */
function importsOf(file: string, source: string): string[] {
  const found: string[] = []
  const add = ({ source }: { source: object | null }) => {
    if (source !== null && 'value' in source && typeof source.value === 'string') found.push(source.value)
  }
  new Visitor({
    ImportDeclaration: add,
    ExportAllDeclaration: add,
    ExportNamedDeclaration: add,
    ImportExpression: add,
    TSImportType: add,
  }).visit(parseSync(file, source).program)
  return found
}

function violations(file: string, source: string): string[] {
  const from = partOf(file) ?? ''
  const refused = importsOf(file, source).filter((specifier) => {
    const to = specifier.startsWith('.') ? partOf(posix.join(dirname(file), specifier)) : undefined
    if (to === undefined) return OUTSIDE[from]?.test(specifier) === false
    return to !== from && to !== EXCEPTIONS[file] && rank(to) <= rank(from)
  })
  return refused.map((specifier) => `${file} must not import ${specifier}`)
}

const files = globSync('src/**/*.{ts,tsx}', { cwd: root }).filter((file) => !file.endsWith('.d.ts'))

test('every part of the source has its layer', () => {
  expect([...new Set(files.map(partOf))].filter((part) => part === undefined || rank(part) < 0)).toEqual([])
})

test('imports go down the layers only', () => {
  expect(files.flatMap((file) => violations(file, readFileSync(resolve(root, file), 'utf8')))).toEqual([])
})

test.each([
  ['up', 'src/records/rows.ts', "import { api } from '../http/app.ts'"],
  ['up from a deeper folder', 'src/records/lists/members.ts', "import { Roster } from '../../organization/store.ts'"],
  ['up for a type only', 'src/contract/members.ts', "import type { MemberRow } from '../records/tables.ts'"],
  ['up in the place of a type', 'src/contract/members.ts', "type Row = import('../records/tables.ts').MemberRow"],
  ['up at run time', 'src/mail/mail.ts', "const { api } = await import('../http/app.ts')"],
  ['up by a re-export', 'src/membership/roles.ts', "export * from '../contract/fields.ts'"],
  ['sideways', 'src/portal/app.tsx', "import { problem } from '../http/problems.ts'"],
  ['sideways between stores', 'src/organization/store.ts', "import { slugs } from '../directory/claims.ts'"],
  ['the entry', 'src/http/app.ts', "import worker from '../index.ts'"],
  ['the configuration from the records', 'src/records/rows.ts', "import { configOf } from '../env.ts'"],
  ['a package from the rules', 'src/membership/email.ts', "import { z } from 'zod'"],
  ['the platform from the rules', 'src/membership/email.ts', "import { createHash } from 'node:crypto'"],
  ['a package that the records have no use for', 'src/records/rows.ts', "import { Hono } from 'hono'"],
])('refused: %s', (_, file, source) => {
  expect(violations(file, source)).toHaveLength(1)
})

test.each([
  ['down', 'src/http/app.ts', "import { configOf } from '../env.ts'; import { ok } from '../membership/result.ts'"],
  ['within a part', 'src/membership/decide/leave.ts', "import { ok } from '../result.ts'"],
  [
    'the relay by the object',
    'src/organization/organization-object.ts',
    "import { p } from '../directory/projection.ts'",
  ],
  ['its own packages', 'src/records/rows.ts', "import { eq } from 'drizzle-orm'; import { z } from 'node:crypto'"],
])('allowed: %s', (_, file, source) => {
  expect(violations(file, source)).toEqual([])
})
