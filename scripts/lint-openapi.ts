import { mkdir, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createConfig, formatProblems, getTotals, lintFromString } from '@redocly/openapi-core'
import { api } from '../src/http/app.ts'
import { documentOf } from '../src/http/openapi/document.ts'

/*
 * Writes the API's description to dist/openapi.json, as the worker serves it, and lints it. No server is needed: the
 * description is made from the routes.
 */

const file = resolve(import.meta.dirname, '../dist/openapi.json')

const config = await createConfig({
  extends: ['recommended-strict'],
  rules: {
    // Health and the description itself refuse nobody.
    'operation-4xx-response': 'off',
    // Components are made where they are used; the linter does not look into `x-no-operation`.
    'no-unused-components': 'off',
    // Every schema is closed by itself; the linter would close the unions of problems over their heads.
    'no-invalid-media-type-examples': { severity: 'error', allowAdditionalProperties: true },
    'no-invalid-schema-examples': { severity: 'error', allowAdditionalProperties: true },
    'no-invalid-parameter-examples': { severity: 'error', allowAdditionalProperties: true },
    'operation-operationId-url-safe': 'error',
    'operation-description': 'off',
    'tag-description': 'error',
    'no-http-verbs-in-paths': 'error',
    'paths-kebab-case': 'error',
  },
})

const source = `${JSON.stringify(documentOf(api()), null, 2)}\n`
await mkdir(resolve(file, '..'), { recursive: true })
await writeFile(file, source)
const problems = await lintFromString({ source, absoluteRef: file, config })
const totals = getTotals(problems)
if (problems.length > 0) formatProblems(problems, { format: 'codeframe', totals, version: '3.1' })
console.log(`dist/openapi.json: ${totals.errors} errors, ${totals.warnings} warnings`)
if (problems.length > 0) process.exitCode = 1
