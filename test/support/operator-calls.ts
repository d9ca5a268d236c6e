import type { Server } from './server.ts'

/** What the answers have that is needed here. */
export interface Resource {
  readonly id: string
  readonly slug: string
  /** An invitation's link. */
  readonly url: string
  readonly used?: number
  readonly pending?: number
  /** Of a list. */
  readonly data?: readonly Resource[]
}

/** Calls the API of a running server as the operator, or on behalf of a user. */
export type OperatorCall = (method: string, path: string, body?: object, userId?: string) => Promise<Resource>

export const operatorCalls =
  ({ url, operatorKey }: Pick<Server, 'url' | 'operatorKey'>): OperatorCall =>
  async (method, path, body, userId) => {
    const headers = { Authorization: `Bearer ${operatorKey}`, 'Content-Type': 'application/json' }
    const response = await fetch(`${url}${path}`, {
      method,
      headers: userId === undefined ? headers : { ...headers, 'Muster-On-Behalf-Of': userId },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Resource
  }
