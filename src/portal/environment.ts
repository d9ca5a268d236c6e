import type { Settings } from '../contract/settings.ts'

/** `requestId` comes from the app that the portal is mounted on. */
export interface PortalEnvironment {
  Bindings: Env
  Variables: {
    requestId: string
    settings: Settings
  }
}
