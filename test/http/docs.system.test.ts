import { HtmlValidate } from 'html-validate'
import { beforeAll, expect, inject, test } from 'vitest'
import type { OpenApiDocument } from '../../src/http/openapi/document-model.ts'
import { documentedCalls } from '../support/documented-calls.ts'
import { describeDocsPage } from './docs-page.ts'

const { url } = inject('server')

let html: string
beforeAll(async () => {
  html = await (await fetch(`${url}/docs`)).text()
})

const document = async () => (await (await fetch(`${url}/openapi.json`)).json()) as OpenApiDocument

test('every operation, problem and schema has its place', async () => {
  const { components, ...rest } = await document()
  const operations = documentedCalls({ components, ...rest }).map(({ operation }) => operation.operationId)
  const problems = Object.keys(components.examples).map((code) => `problem-${code}`)
  const schemas = Object.keys(components.schemas).flatMap((name) => (name.endsWith('Problem') ? [] : `schema-${name}`))
  const places = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  expect(places).toEqual(expect.arrayContaining([...operations, ...problems, ...schemas]))
  expect(new Set(places).size).toBe(places.length)
})

test('every link within it leads somewhere', () => {
  const links = [...html.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id)
  const places = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
  expect(links.filter((link) => !places.has(link))).toEqual([])
})

test('nothing may come from elsewhere', async () => {
  const { headers } = await fetch(`${url}/docs`)
  const policy = headers.get('Content-Security-Policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toMatch(/unsafe|https?:|\*/)
  expect(html).not.toMatch(/<script|<style| style="| on\w+="|(?:src|href)="(?:https?:)?\/\//)
})

test('its styles are a file of their own, to be kept for good', async () => {
  const path = /rel="stylesheet" href="([^"]+)"/.exec(html)?.[1] ?? ''
  const { status, headers } = await fetch(`${url}${path}`)
  expect(status).toBe(200)
  expect(headers.get('Content-Type')).toBe('text/css; charset=utf-8')
  expect(headers.get('Cache-Control')).toContain('immutable')
})

test('is well-formed', async () => {
  const markup = new HtmlValidate({ extends: ['html-validate:standard'], rules: { 'require-sri': 'off' } })
  const report = await markup.validateString(html)
  expect(report.results.flatMap(({ messages }) => messages).slice(0, 5)).toEqual([])
})

describeDocsPage([['light', 390]])

test('a command that it shows does what it says', async () => {
  const example = /curl [^\n]*\/health/.exec(html.replace(/&#39;/g, "'"))?.[0] ?? ''
  expect(example).toBe(`curl ${url}/health`)
})
