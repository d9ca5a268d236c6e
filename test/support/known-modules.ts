/*
 * Runs before each test file. Vitest asks its main process about every import of every module, even when the worker has the
 * module's code already: some 3,000 questions per file, a second of work. Files do not change during a run (watch mode
 * removes a changed module from the worker first), so the worker gives the only possible answer, "unchanged", itself.
 */

interface Transport {
  invoke(name: string, data: readonly unknown[]): Promise<unknown>
}

/** Vitest's own objects, which it does not describe: where they look different, nothing is changed, and tests take longer. */
interface Internals {
  readonly __vitest_mocker__?: { readonly moduleRunner?: { readonly transport?: Transport & { answersItself?: true } } }
}

const transport = (globalThis as Internals).__vitest_mocker__?.moduleRunner?.transport

if (transport?.invoke !== undefined && transport.answersItself === undefined) {
  const askMainProcess = transport.invoke
  transport.invoke = (name, data) =>
    name === 'fetchModule' && isKnown(data[2]) ? Promise.resolve({ cache: true }) : askMainProcess(name, data)
  transport.answersItself = true
}

function isKnown(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'cached' in options && options.cached === true
}
