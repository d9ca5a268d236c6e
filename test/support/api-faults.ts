import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { api } from '../../src/http/app.ts'
import type { OrganizationNamespace } from '../../src/organization/client.ts'
import type { Fetch } from './api.ts'
import { conforming } from './conformance.ts'

/** The API with something broken. Organizations keep their own way to D1; what is broken is the worker's. */
export const broken = (bindings: { readonly [name in keyof Env]?: unknown } & Record<string, unknown>): Fetch =>
  conforming(async (request) => api().fetch(request, { ...env, ...bindings } as Env, createExecutionContext()))

/** What the API reads people from while it is out of reach. */
export const unreachableAccounts = (): D1Database => accountsThat(() => true)

/** D1 while it is out of reach, except for the authentication log: for `broken`. */
export const unreachableDatabases = () => databasesThat(() => true)

/** The database of the authentication log while it is out of reach. */
export const unreachableLogs = (): D1Database => databaseThat(env.LOGS, () => true)

/** D1 that fails as long as `fails` says so. */
export const accountsThat = (fails: () => boolean): D1Database => databaseThat(env.ACCOUNTS, fails)

/** The same for the directory as well: for `broken`. */
export const databasesThat = (fails: () => boolean) => ({
  ACCOUNTS: accountsThat(fails),
  DIRECTORY: databaseThat(env.DIRECTORY, fails),
})

export function databaseThat(database: D1Database, fails: () => boolean): D1Database {
  const guard = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_, name) {
        const value = Reflect.get(target, name) as unknown
        if (typeof value !== 'function') return value
        return (...parameters: unknown[]) => {
          if (fails() && RUNNING.has(String(name)))
            return Promise.reject(new Error('D1_ERROR: Network connection lost.'))
          const result = (value as (...all: unknown[]) => unknown).apply(target, parameters)
          return MAKING.has(String(name)) ? guard(result as object) : result
        }
      },
    })
  return guard(database)
}

const RUNNING = new Set(['all', 'first', 'run', 'raw', 'batch', 'exec', 'dump'])
const MAKING = new Set(['prepare', 'bind', 'withSession'])

/** An organization's object as a caller sees it. */
export interface Reached {
  execute(request: { readonly command: object }): Promise<unknown>
  read(request: object): Promise<unknown>
  wake(): Promise<unknown>
}

/** The organizations, with each call on its way to them under control. */
export function organizationsVia(reach: (object: Reached, id: string) => Partial<Reached>): OrganizationNamespace {
  return new Proxy(env.ORGANIZATION, {
    get(target, name) {
      if (name !== 'getByName') return Reflect.get(target, name) as unknown
      return (id: string) => reach(target.getByName(id) as unknown as Reached, id)
    },
  })
}
