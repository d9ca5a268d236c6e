import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { DEFAULT_SETTINGS, type UpdateSettings } from '../../src/contract/settings.ts'
import { api } from '../../src/http/app.ts'
import { portal } from '../../src/portal/portal.tsx'
import { as, ORIGIN, operator, worker } from '../support/api.ts'

/** Like the worker's own, for other bindings than those of the deployment. */
const site = api().route('/', portal())

export interface Page {
  readonly status: number
  readonly headers: Headers
  readonly html: string
  readonly title: string
  readonly heading: string
  /** What can be read on it. */
  readonly text: string
}

interface Visit {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The fields of a form. */
  readonly body?: Readonly<Record<string, string>>
  /** Any other body, as it is. */
  readonly raw?: ArrayBuffer
  /** Put in place of those of the deployment. */
  readonly bindings?: object
}

export async function visit(
  path: string,
  { method = 'GET', headers = {}, body, raw, bindings }: Visit = {},
): Promise<Page> {
  const content = body === undefined ? raw : new URLSearchParams(body)
  const sent = content === undefined ? {} : { body: content }
  const request = new Request(`${ORIGIN}${path}`, { method, headers, redirect: 'manual', ...sent })
  const elsewhere = () => site.fetch(request, { ...env, ...bindings }, createExecutionContext())
  const response = await (bindings === undefined ? worker(request) : elsewhere())
  const html = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    html,
    title: textIn('title', html),
    heading: textIn('h1', html),
    text: textIn('body', html),
  }
}

/** As the form of a page sends it. */
export const submit = (path: string, visited: Visit = {}): Promise<Page> =>
  visit(path, { ...visited, method: 'POST', headers: { ...FORM, Origin: ORIGIN, ...visited.headers } })

const { object: _, ...defaults } = DEFAULT_SETTINGS

/** The environment settings: the defaults, but for these. */
export async function settingsAre(settings: UpdateSettings = {}): Promise<void> {
  await as(operator).patch('/v1/settings', { ...defaults, ...settings })
}

export const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }

export const pageOf = ({ token }: { token: string }): string => `/invitations/${token}`

function textIn(element: string, html: string): string {
  const inside = new RegExp(`<${element}\\b[^>]*>(.*?)</${element}>`, 's').exec(html)?.[1] ?? ''
  return inside
    .replace(/<\/(?:p|h1|h2|dt|dd|li|button|a)>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&(lt|gt|quot|#39|amp);/g, (_, entity: string) => ENTITIES[entity] ?? '')
    .replace(/\s+/g, ' ')
    .trim()
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' }
