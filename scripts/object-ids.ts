import { existsSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'

const CLASS = 'OrganizationObject'
const FILE = /^([0-9a-f]{64})\.sqlite$/
const OBJECTS_PER_PAGE = 10_000
const NAMESPACES_PER_PAGE = 100

/** Of the organizations that a local server keeps below this directory: their objects are files there. */
export function localObjectIds(stateDirectory: string, script: string): string[] {
  const objects = resolve(stateDirectory, 'v3/do', `${script}-${CLASS}`)
  if (!existsSync(objects)) return []
  return readdirSync(objects).flatMap((file) => FILE.exec(file)?.[1] ?? [])
}

export interface Account {
  readonly id: string
  /** Needs the permission to read Workers scripts. */
  readonly token: string
  readonly api: string
}

interface Page<T> {
  readonly success: boolean
  readonly errors: readonly { readonly message: string }[]
  readonly result: readonly T[]
  readonly result_info?: { readonly cursor?: string; readonly cursors?: { readonly after?: string } }
}

/** Of the organizations of a deployment, by Cloudflare's API: all objects that have stored something. */
export async function* deployedObjectIds(account: Account, script: string): AsyncGenerator<string[]> {
  const namespace = await namespaceOf(account, script)
  const path = `workers/durable_objects/namespaces/${namespace}/objects`
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page: Page<{ id: string; hasStoredData: boolean }> = await get(
      account,
      `${path}?limit=${OBJECTS_PER_PAGE}${query}`,
    )
    yield page.result.flatMap(({ id, hasStoredData }) => (hasStoredData ? id : []))
    cursor = page.result_info?.cursors?.after || page.result_info?.cursor || undefined
  }
}

async function namespaceOf(account: Account, script: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const page: Page<{ id: string; script?: string; class?: string }> = await get(
      account,
      `workers/durable_objects/namespaces?per_page=${NAMESPACES_PER_PAGE}&page=${number}`,
    )
    const found = page.result.find((namespace) => namespace.script === script && namespace.class === CLASS)
    if (found !== undefined) return found.id
    if (page.result.length < NAMESPACES_PER_PAGE)
      throw new Error(`The account has no namespace of the class ${CLASS} in the worker ${script}.`)
  }
}

async function get<T>({ id, token, api }: Account, path: string): Promise<Page<T>> {
  const response = await fetch(`${api}/accounts/${id}/${path}`, { headers: { Authorization: `Bearer ${token}` } })
  const page = (await response.json()) as Page<T>
  if (response.ok && page.success) return page
  throw new Error(`Cloudflare answered ${response.status}: ${page.errors.map(({ message }) => message).join(', ')}`)
}
