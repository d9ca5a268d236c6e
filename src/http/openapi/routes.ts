import type { Hono } from 'hono'
import type { HttpEnvironment } from '../environment.ts'
import type { Description } from './description.ts'
import { factsOf, type RouteFacts } from './route-facts.ts'

export interface Route {
  readonly method: string
  readonly path: string
}

export interface DescribedRoute extends Route {
  readonly description: Description
  /** Of its own handlers and of all that guard it. */
  readonly facts: readonly RouteFacts[]
}

type App = Hono<HttpEnvironment>

const isGuard = ({ method }: Route): boolean => method === 'ALL'

/** All that is answered, in the order of registration, without what merely guards. */
function routesOf(app: App): Route[] {
  const byName = new Map(
    app.routes.filter((route) => !isGuard(route)).map(({ method, path }) => [`${method} ${path}`, { method, path }]),
  )
  return [...byName.values()]
}

/** The facts of every handler that a request to this route passes, as the router finds them. */
function factsOfRoute(app: App, { method, path }: Route): RouteFacts[] {
  const [handlers] = app.router.match(method, path)
  return handlers
    .filter(([[, route]]) => isGuard(route) || (route.method === method && route.path === path))
    .map(([[handler]]) => factsOf(handler))
}

export function describedRoutes(app: App): DescribedRoute[] {
  return routesOf(app).flatMap((route) => {
    const facts = factsOfRoute(app, route)
    const description = facts.find(({ description }) => description !== undefined)?.description
    return description === undefined ? [] : [{ ...route, description, facts }]
  })
}

/** Routes that neither are described nor say that they are pages. */
export function undescribedRoutes(app: App): Route[] {
  return routesOf(app).filter((route) =>
    factsOfRoute(app, route).every(({ description, page }) => description === undefined && page === undefined),
  )
}
