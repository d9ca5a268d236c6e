import { api } from './http/app.ts'

export { OrganizationObject } from './organization/organization-object.ts'

const app = api()

export default {
  fetch: app.fetch,
} satisfies ExportedHandler<Env>
