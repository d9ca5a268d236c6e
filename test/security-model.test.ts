import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const model = readFileSync(resolve(root, 'docs/security.md'), 'utf8')

/** Each threat is a `###` section. */
const threats = model.split(/^### /m).slice(1)

const testsIn = (text: string): string[] => text.match(/\btest\/[\w./-]+\.ts\b/g) ?? []

test('every test that the security model names exists', () => {
  const missing = testsIn(model).filter((file) => !existsSync(resolve(root, file)))
  expect(missing).toEqual([])
})

test('every threat of the security model names its defence and the test that proves it', () => {
  const incomplete = threats.filter(
    (section) => !section.includes('**Defence.**') || testsIn(section.split('**Test.**')[1] ?? '').length === 0,
  )
  expect(threats.length).toBeGreaterThan(0)
  expect(incomplete.map((section) => section.split('\n')[0])).toEqual([])
})
