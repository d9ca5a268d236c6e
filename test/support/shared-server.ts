import type { TestProject } from 'vitest/node'
import { startServer } from './server.ts'

/** One server for all system tests of a run: `const { url, operatorKey } = inject('server')`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, operatorKey, stop } = await startServer()
  project.provide('server', { url, operatorKey })
  return stop
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly server: { readonly url: string; readonly operatorKey: string }
  }
}
