import type { Caller } from '../membership/actor.ts'
import type { Command } from '../membership/commands.ts'
import type { Query } from '../membership/queries.ts'
import type { OrganizationObject } from './organization-object.ts'
import type { Known } from './relay/directory-lane.ts'
import type {
  AnsweredQueries,
  AnsweredQuery,
  ExecutedCommand,
  ExecuteRequest,
  HeldClaims,
  ReadAllRequest,
  ReadRequest,
  Woken,
} from './requests.ts'

export type OrganizationNamespace = DurableObjectNamespace<OrganizationObject>

/** The object's methods as they answer over RPC, with the type that belongs to each command and query. */
interface Remote {
  execute<C extends Command>(request: ExecuteRequest<C>): Promise<ExecutedCommand<C>>
  read<Q extends Query>(request: ReadRequest<Q>): Promise<AnsweredQuery<Q>>
  readAll(request: ReadAllRequest): Promise<AnsweredQuery<Query>[]>
  wake(known?: Known): Promise<Woken>
  claims(): Promise<HeldClaims | null>
  rebuild(): Promise<{ readonly exists: boolean; readonly revision: number }>
  erase(): Promise<{ readonly erased: boolean }>
}

/** What the rest of the code sees of an organization. */
export class OrganizationClient {
  readonly id: string
  readonly #object: Remote

  constructor(id: string, object: Remote) {
    this.id = id
    this.#object = object
  }

  execute<C extends Command>(request: ExecuteRequest<C>): Promise<ExecutedCommand<C>> {
    return this.#object.execute(request)
  }

  read<Q extends Query>(caller: Caller, query: Q): Promise<AnsweredQuery<Q>> {
    return this.#object.read({ caller, query })
  }

  /** In one round trip. */
  async readAll<const Qs extends readonly Query[]>(caller: Caller, queries: Qs): Promise<AnsweredQueries<Qs>> {
    return (await this.#object.readAll({ caller, queries })) as AnsweredQueries<Qs>
  }

  /** `known` is what the directory says of the organization; if that is too old, rows are sent again. */
  wake(known?: Known): Promise<Woken> {
    return this.#object.wake(known)
  }

  claims(): Promise<HeldClaims | null> {
    return this.#object.claims()
  }

  rebuild(): Promise<{ readonly exists: boolean; readonly revision: number }> {
    return this.#object.rebuild()
  }

  erase(): Promise<{ readonly erased: boolean }> {
    return this.#object.erase()
  }
}

/** The one way to reach an organization. `locationHint` counts only for the call that creates the object. */
export function organizationClient(
  namespace: OrganizationNamespace,
  id: string,
  locationHint?: DurableObjectLocationHint,
): OrganizationClient {
  const object = locationHint === undefined ? namespace.getByName(id) : namespace.getByName(id, { locationHint })
  return new OrganizationClient(id, object as unknown as Remote)
}

/**
 * The organization that an object holds, by the object's id in hexadecimal, as Cloudflare lists objects. Null: the object holds
 * none. Throws if the id is not one of this namespace.
 */
export async function organizationOfObject(namespace: OrganizationNamespace, objectId: string): Promise<string | null> {
  const object = namespace.get(namespace.idFromString(objectId)) as unknown as Remote
  const claims = await object.claims()
  if (claims === null) return null
  if (objectIdOf(namespace, claims.organizationId) !== objectId)
    throw new Error('The object holds another organization')
  return claims.organizationId
}

/** Whether an id in hexadecimal is one of this namespace. */
export function isObjectId(namespace: OrganizationNamespace, objectId: string): boolean {
  try {
    namespace.idFromString(objectId)
    return true
  } catch {
    return false
  }
}

/** In hexadecimal. */
export const objectIdOf = (namespace: OrganizationNamespace, organizationId: string): string =>
  namespace.idFromName(organizationId).toString()
